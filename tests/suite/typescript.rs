//! The types of the SDK for JavaScript are written from the interface: they say what `componentize-qjs` hands over.

use std::fmt::Write as _;

use wit_bindgen_core::wit_parser::{Docs, Function, Interface, Resolve, Type, TypeDefKind, TypeOwner};

use super::root;

#[test]
fn the_types_for_typescript_match_the_interface() {
    let mut resolve = Resolve::default();
    resolve.push_path(root().join("wit")).unwrap();
    let mut text = String::from(
        "// The host's modules, as a component sees them. Written from the interface in `wit/`; not to be edited.\n",
    );
    for (_, interface) in &resolve.interfaces {
        if interface.name.as_deref() != Some("rules") {
            module(&resolve, interface, &mut text);
        }
    }
    let path = root().join("sdk/javascript/src/interfaces.d.ts");
    if std::env::var_os("UPDATE_BINDINGS").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let current = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(current == text, "run `UPDATE_BINDINGS=1 cargo test typescript` after a change of wit/");
}

fn module(resolve: &Resolve, interface: &Interface, text: &mut String) {
    let name = interface.name.as_deref().unwrap();
    text.push('\n');
    comment(&interface.docs, "", text);
    writeln!(text, "declare module \"plimsoll:plugin/{name}\" {{").unwrap();
    let (mut imports, mut body) = (std::collections::BTreeMap::<String, Vec<String>>::new(), String::new());
    for (name, id) in &interface.types {
        let definition = &resolve.types[*id];
        if let TypeDefKind::Type(Type::Id(original)) = definition.kind
            && let TypeOwner::Interface(owner) = resolve.types[original].owner
            && resolve.interfaces[owner].name != interface.name
        {
            let owner = resolve.interfaces[owner].name.clone().unwrap();
            imports.entry(owner).or_default().push(pascal(name));
            continue;
        }
        comment(&definition.docs, "  ", &mut body);
        let name = pascal(name);
        match &definition.kind {
            TypeDefKind::Record(record) => {
                writeln!(body, "  export interface {name} {{").unwrap();
                for field in &record.fields {
                    comment(&field.docs, "    ", &mut body);
                    writeln!(body, "    {}: {};", camel(&field.name), shown(resolve, &field.ty)).unwrap();
                }
                body.push_str("  }\n");
            }
            TypeDefKind::Flags(flags) => {
                writeln!(body, "  export interface {name} {{").unwrap();
                for flag in &flags.flags {
                    comment(&flag.docs, "    ", &mut body);
                    writeln!(body, "    {}: boolean;", camel(&flag.name)).unwrap();
                }
                body.push_str("  }\n");
            }
            TypeDefKind::Enum(cases) => {
                writeln!(body, "  export type {name} =").unwrap();
                for case in &cases.cases {
                    comment(&case.docs, "    ", &mut body);
                    writeln!(body, "    | \"{}\"", case.name).unwrap();
                }
                body.push_str("  ;\n");
            }
            TypeDefKind::Variant(variant) => {
                writeln!(body, "  export type {name} =").unwrap();
                for case in &variant.cases {
                    comment(&case.docs, "    ", &mut body);
                    let value = case.ty.map(|ty| format!("; val: {}", shown(resolve, &ty))).unwrap_or_default();
                    writeln!(body, "    | {{ tag: \"{}\"{value} }}", case.name).unwrap();
                }
                body.push_str("  ;\n");
            }
            other => writeln!(body, "  export type {name} = {};", kind(resolve, other)).unwrap(),
        }
    }
    for (owner, names) in imports {
        writeln!(text, "  import type {{ {} }} from \"plimsoll:plugin/{owner}\";", names.join(", ")).unwrap();
    }
    text.push_str(&body);
    if !interface.functions.is_empty() {
        text.push_str("  const host: {\n");
        interface.functions.values().for_each(|function| method(resolve, function, text));
        text.push_str("  };\n  export default host;\n");
    }
    text.push_str("}\n");
}

fn method(resolve: &Resolve, function: &Function, text: &mut String) {
    comment(&function.docs, "    ", text);
    let parameters: Vec<String> = function
        .params
        .iter()
        .map(|parameter| format!("{}: {}", camel(&parameter.name), shown(resolve, &parameter.ty)))
        .collect();
    let result = function.result.map_or("void".to_owned(), |ty| shown(resolve, &ty));
    writeln!(text, "    {}({}): {result};", camel(&function.name), parameters.join(", ")).unwrap();
}

fn shown(resolve: &Resolve, ty: &Type) -> String {
    match ty {
        Type::Bool => "boolean".to_owned(),
        Type::String | Type::Char => "string".to_owned(),
        Type::Id(id) => {
            let definition = &resolve.types[*id];
            definition.name.as_ref().map_or_else(|| kind(resolve, &definition.kind), |name| pascal(name))
        }
        _ => "number".to_owned(),
    }
}

fn kind(resolve: &Resolve, kind: &TypeDefKind) -> String {
    match kind {
        TypeDefKind::List(item) => {
            let item = shown(resolve, item);
            if item.contains(' ') { format!("({item})[]") } else { format!("{item}[]") }
        }
        TypeDefKind::Option(value) => format!("{} | null", shown(resolve, value)),
        TypeDefKind::Tuple(tuple) => {
            let types: Vec<String> = tuple.types.iter().map(|ty| shown(resolve, ty)).collect();
            format!("[{}]", types.join(", "))
        }
        // What is an error is thrown.
        TypeDefKind::Result(result) => result.ok.map_or("void".to_owned(), |ty| shown(resolve, &ty)),
        TypeDefKind::Type(ty) => shown(resolve, ty),
        other => panic!("{} is not known to the types for TypeScript", other.as_str()),
    }
}

fn comment(docs: &Docs, indent: &str, text: &mut String) {
    let Some(contents) = &docs.contents else { return };
    // What would end the comment is written with a space.
    let contents = contents.trim().replace("*/", "* /");
    let lines: Vec<&str> = contents.lines().collect();
    match lines.as_slice() {
        [line] => writeln!(text, "{indent}/** {line} */").unwrap(),
        lines => {
            writeln!(text, "{indent}/**").unwrap();
            lines.iter().for_each(|line| writeln!(text, "{}", format!("{indent} * {line}").trim_end()).unwrap());
            writeln!(text, "{indent} */").unwrap();
        }
    }
}

fn pascal(name: &str) -> String {
    name.split('-').map(|word| word[..1].to_uppercase() + &word[1..]).collect()
}

fn camel(name: &str) -> String {
    let name = pascal(name);
    name[..1].to_lowercase() + &name[1..]
}

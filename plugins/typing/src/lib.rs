//! Section 7 of the standard: how strictly types are checked, and how they are written.

mod abstract_class_as_protocol;
mod checkers;
mod deprecated_generics;
mod dict_of_known_keys;
mod lenient_type_checker;
mod missing_annotations;
mod modern_names;
mod needless_imports;
mod old_names;
mod old_unions;
mod repeated_complex_type;
mod source;
mod unchecked_code;
mod unrestricted_choice;
mod weakened_strict_mode;

plimsoll_sdk::plugin! {
    name: "typing",
    title: "Type checking",
    requirements: include_str!("../requirements.toml"),
    rules: [
        &abstract_class_as_protocol::ABSTRACT_CLASS_AS_PROTOCOL,
        &deprecated_generics::DEPRECATED_GENERICS,
        &dict_of_known_keys::DICT_OF_KNOWN_KEYS,
        &lenient_type_checker::LENIENT_TYPE_CHECKER,
        &missing_annotations::MISSING_ANNOTATIONS,
        &old_unions::OLD_UNIONS,
        &repeated_complex_type::REPEATED_COMPLEX_TYPE,
        &unchecked_code::UNCHECKED_CODE,
        &unrestricted_choice::UNRESTRICTED_CHOICE,
        &weakened_strict_mode::WEAKENED_STRICT_MODE,
    ],
}

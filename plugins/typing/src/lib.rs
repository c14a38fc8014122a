//! Section 7 of the standard: how strictly types are checked, and how they are written.

mod checkers;
mod deprecated_generics;
mod lenient_type_checker;
mod missing_annotations;
mod old_names;
mod old_unions;
mod source;
mod unchecked_code;
mod weakened_strict_mode;

plimsoll_sdk::plugin! {
    name: "typing",
    title: "Type checking",
    requirements: include_str!("../requirements.toml"),
    rules: [
        &deprecated_generics::DEPRECATED_GENERICS,
        &lenient_type_checker::LENIENT_TYPE_CHECKER,
        &missing_annotations::MISSING_ANNOTATIONS,
        &old_unions::OLD_UNIONS,
        &unchecked_code::UNCHECKED_CODE,
        &weakened_strict_mode::WEAKENED_STRICT_MODE,
    ],
}

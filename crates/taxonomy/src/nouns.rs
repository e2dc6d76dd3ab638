//! The ids of the taxonomy.

base::noun! {
    /// A tag.
    Tag, TagId, "tag"
}
base::noun! {
    /// A category.
    Category, CategoryId, "cat"
}
base::noun! {
    /// A custom field.
    Field, FieldId, "fld"
}
base::noun! {
    /// An option of a custom field.
    FieldOption, OptionId, "opt"
}
base::noun! {
    /// A name for a status.
    StatusName, StatusNameId, "sts"
}

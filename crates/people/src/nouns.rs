//! The ids of this floor; a customer's is named by trust, because reach and audiences speak of it.

base::noun! {
    /// A company.
    Company, CompanyId, "cpy"
}
base::noun! {
    /// An address of a customer.
    Address, AddressId, "adr"
}
base::noun! {
    /// A receipt for an erasure.
    Receipt, ReceiptId, "rcp"
}

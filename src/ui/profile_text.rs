//! The words about customers and what is kept between two starts.

pub(super) const CUSTOMER: &str = "Customer";
pub(super) const NOBODY: &str = "None";
pub(super) const CUSTOMER_TIP: &str = "Fills the boxes of all tabs with what was kept for a customer. Secrets stand in the key store of this computer, or nowhere.";
pub(super) const SAVE: &str = "Save customer…";
pub(super) const DELETE: &str = "Forget…";
pub(super) const LEAVE_DEMO_FIRST: &str = "Leave the demo first";

pub(super) const SAVE_TITLE: &str = "Save this customer";
pub(super) const SAVE_HINT: &str = "IDs, cloud, proxy, senders and recipient are kept in a file of this account.";
pub(super) const NAME: &str = "Name";
pub(super) const REPLACES: &str = "Replaces the customer of that name";
pub(super) const KEEP_SECRET: &str = "Keep the Client Secret in the key store of this computer";
pub(super) const KEY_STORE_ASKED: &str = "Looking for the key store…";
pub(super) const SECRET_NOT_TYPED: &str = "To keep the secret, fill Tenant ID, Client ID and Client Secret first";
pub(super) const SAVE_GO: &str = "Save";
pub(super) const BACK: &str = "Go back";

pub(super) const DELETE_TITLE: &str = "Forget this customer?";
pub(super) const DELETE_TEXT: &str =
    "What was kept for this customer goes, and with it the secret in the key store. Records of tests stay.";
pub(super) const DELETE_GO: &str = "Forget the customer";
pub(super) const DELETE_BACK: &str = "Keep it";

/// What the key store says when there is none.
pub(super) fn no_key_store(why: &str) -> String {
    format!("The secret cannot be kept: {why}")
}

/// Boxes that cannot be kept as they are.
pub(super) fn left_out(boxes: &[&str]) -> String {
    format!("Not kept, because it cannot be read or holds a password: {}", boxes.join(", "))
}

/// A customer was saved.
pub(super) fn saved(name: &str) -> String {
    format!("{name} is kept")
}

/// A customer was deleted.
pub(super) fn forgotten(name: &str) -> String {
    format!("{name} is forgotten")
}

/// A customer's values stand in the boxes.
pub(super) fn chosen(name: &str) -> String {
    format!("The boxes are filled for {name}")
}

/// The settings' file could not be written.
pub(super) fn not_saved(why: &str) -> String {
    format!("The settings could not be saved: {why}")
}

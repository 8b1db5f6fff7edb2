//! Why one customer of a fleet could not be tested.

use super::{Problem, Stage, Who};

/// A profile that cannot be used. `reason` reads after a colon and holds no secret.
pub fn profile_unusable(reason: &str) -> Problem {
    Problem::new("fleet_profile_unusable", Stage::Input, Who::You, format!("The profile cannot be used: {reason}"))
        .because("The list of customers is incomplete or contradicts itself for this one. The others are not affected.")
        .advise("Correct this customer in the list and run the fleet again.")
}

/// Not begun before the fleet was cancelled.
pub fn customer_cancelled() -> Problem {
    Problem::new("fleet_cancelled", Stage::Input, Who::You, "The fleet was cancelled before this customer was tested")
        .because("Somebody stopped it.")
        .advise("Run the fleet again and let it finish.")
}

/// This program failed over one customer.
pub fn customer_bug() -> Problem {
    Problem::new("internal_error", Stage::Send, Who::Vendor, "A bug in this program ended the test of this customer")
        .because("The others are not affected. A mail that was under way may have been sent.")
        .advise("Report the place that was written to standard error.")
}

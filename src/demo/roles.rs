//! The application permissions the tenant can grant, with the ids they have everywhere.

use uuid::Uuid;

use super::tenant::Resource;

/// A permission of one of the two resources.
pub(super) struct AppRole {
    pub(super) resource: Resource,
    pub(super) value: &'static str,
    pub(super) id: Uuid,
}

const fn role(resource: Resource, value: &'static str, id: u128) -> AppRole {
    AppRole { resource, value, id: Uuid::from_u128(id) }
}

/// Names and ids as published by Microsoft.
pub(super) const ROLES: &[AppRole] = &[
    role(Resource::Graph, "Mail.Send", 0xb633e1c5_b582_4048_a93e_9f11b44c7e96),
    role(Resource::Graph, "Mail.Read", 0x810c84a8_4a9e_49e6_bf7d_12d183f40d01),
    role(Resource::Graph, "Mail.ReadBasic.All", 0x693c5e45_0940_467d_9b8a_1022fb9d42ef),
    role(Resource::Graph, "Mail.ReadWrite", 0xe2a3a72e_5f79_4c64_b1b1_878b674786c9),
    role(Resource::Graph, "MailboxSettings.Read", 0x40f97065_369a_49f4_947c_6a255697ae91),
    role(Resource::Graph, "Calendars.Read", 0x798ee544_9d2d_430c_a058_570e29e34338),
    role(Resource::Graph, "Calendars.ReadWrite", 0xef54d2bf_783f_4e0f_bca1_3210c0444d99),
    role(Resource::Graph, "Contacts.Read", 0x089fe4d0_434a_44c5_8827_41ba8a0b17f5),
    role(Resource::Graph, "Application.Read.All", 0x9a5d68dd_52b0_4cc2_bd40_abcf44ac3a30),
    role(Resource::Graph, "Directory.Read.All", 0x7ab1d382_f21e_4acd_a863_ba3e13f7da61),
    role(Resource::Graph, "Group.Read.All", 0x5b567255_7703_4780_807c_7be8301ae99b),
    role(Resource::Graph, "GroupMember.Read.All", 0x98830695_27a2_44f7_8c18_0c3ebc9698f6),
    role(Resource::Graph, "User.Read.All", 0xdf021288_bdef_4463_88db_98f22de89214),
    role(Resource::Graph, "User.ReadBasic.All", 0x97235f07_e226_4f63_ace3_39588e11d3a1),
    role(Resource::Exchange, "full_access_as_app", 0xdc890d15_9560_4a4c_9b7f_a736ec74ec40),
    role(Resource::Exchange, "Exchange.ManageAsApp", 0xdc50a0fb_09a3_484d_be87_e023b12c6440),
    role(Resource::Exchange, "SMTP.SendAsApp", 0x7146a1f0_8703_45b3_9eae_527a64c00995),
    role(Resource::Exchange, "IMAP.AccessAsApp", 0x5e5addcd_3e8d_4e90_baf5_964efab2b20a),
    role(Resource::Exchange, "POP.AccessAsApp", 0xcb842b43_da6e_4506_86fe_bb12199c656d),
];

/// The permission with this name on this resource.
pub(super) fn find(resource: Resource, value: &str) -> Option<&'static AppRole> {
    ROLES.iter().find(|role| role.resource == resource && role.value == value)
}

/// What Exchange calls its application roles; each is written `Application NAME`.
pub(super) const EXCHANGE_ROLES: &[&str] = &[
    "Mail.Read",
    "Mail.ReadBasic",
    "Mail.ReadWrite",
    "Mail.Send",
    "MailboxSettings.Read",
    "MailboxSettings.ReadWrite",
    "Calendars.Read",
    "Calendars.ReadWrite",
    "Contacts.Read",
    "Contacts.ReadWrite",
    "Mail Full Access",
    "Exchange Full Access",
    "EWS.AccessAsApp",
    "SMTP.SendAsApp",
];

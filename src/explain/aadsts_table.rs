//! What Entra's `AADSTS` codes mean for an app that signs in with a client secret, in our own words.
//!
//! A table, hence longer than other files. Codes and their meaning: Microsoft's public list of codes and what was
//! seen in the field. A family holds what its codes have in common; the rows are sorted by code.

use super::{Proven, SignInCode, Stage, Who};

/// What several codes have in common.
struct Family {
    problem: &'static str,
    stage: Stage,
    who: Who,
    proven: Proven,
    transient: bool,
    advice: &'static [&'static str],
}

impl Family {
    const fn code(&self, code: u32, what: &'static str, cause: &'static str) -> SignInCode {
        SignInCode {
            code,
            problem: self.problem,
            stage: self.stage,
            what,
            cause,
            advice: self.advice,
            who: self.who,
            proven: self.proven,
            transient: self.transient,
        }
    }
}

const SECRET_WRONG: Family = Family {
    problem: "client_secret_wrong",
    stage: Stage::Secret,
    who: Who::CustomerAdmin,
    proven: Proven::App,
    transient: false,
    advice: &[
        "Copy the secret again, from the column Value and not from Secret ID: Entra admin center > App registrations > your app > Certificates & secrets > Client secrets.",
        "Create a new client secret on that page if the Value is hidden. It is shown in full only right after it was created.",
        "Compare the box Client ID with Application (client) ID, in case the secret is another app's: Entra admin center > App registrations > your app > Overview.",
    ],
};

const SECRET_EXPIRED: Family = Family {
    problem: "client_secret_expired",
    stage: Stage::Secret,
    who: Who::CustomerAdmin,
    proven: Proven::App,
    transient: false,
    advice: &[
        "Create a new secret: Entra admin center > App registrations > your app > Certificates & secrets > Client secrets > New client secret.",
        "Copy its Value at once, it is shown only now, and paste it into the box Client Secret.",
        "Enter the new Value wherever the old one was in use, the Totalview connector included.",
        "Note the new end date in a calendar, under Expires on the same page.",
    ],
};

const SECRET_MISSING: Family = Family {
    problem: "client_secret_missing",
    stage: Stage::Secret,
    who: Who::You,
    proven: Proven::Network,
    transient: false,
    advice: &[
        "Paste the secret's Value into the box Client Secret; on the command line give --secret-file or the variable EXCHANGE365_CLIENT_SECRET.",
        "Check that the file or variable is not empty.",
    ],
};

const CERTIFICATE: Family = Family {
    problem: "certificate_refused",
    stage: Stage::Secret,
    who: Who::CustomerAdmin,
    proven: Proven::Network,
    transient: false,
    advice: &[
        "Use a client secret for this test: Entra admin center > App registrations > your app > Certificates & secrets > Client secrets.",
        "Compare the certificate's thumbprint and end date with Entra admin center > App registrations > your app > Certificates & secrets > Certificates.",
        "Check this computer's clock: Windows Settings > Time & language > Date & time.",
        "Wait five minutes after a new certificate was uploaded there, then try again.",
    ],
};

const APP_NOT_FOUND: Family = Family {
    problem: "app_not_found",
    stage: Stage::App,
    who: Who::You,
    proven: Proven::Tenant,
    transient: false,
    advice: &[
        "Compare the box Client ID with Application (client) ID, and do not take the Object ID: Entra admin center > App registrations > your app > Overview.",
        "Compare the box Tenant ID with Directory (tenant) ID on the same page.",
        "Ask the customer's administrator whether the app was deleted: Entra admin center > App registrations > Deleted applications.",
    ],
};

const APP_NOT_INSTALLED: Family = Family {
    problem: "app_not_installed",
    stage: Stage::App,
    who: Who::CustomerAdmin,
    proven: Proven::Tenant,
    transient: false,
    advice: &[
        "Grant admin consent, which also creates the missing entry: Entra admin center > App registrations > your app > API permissions > Grant admin consent.",
        "Look whether the app is listed afterwards: Entra admin center > Enterprise applications > All applications.",
    ],
};

const APP_DISABLED: Family = Family {
    problem: "app_disabled",
    stage: Stage::App,
    who: Who::CustomerAdmin,
    proven: Proven::Tenant,
    transient: false,
    advice: &[
        "Set Enabled for users to sign-in to Yes: Entra admin center > Enterprise applications > your app > Properties.",
        "Look whether the registration itself was deactivated: Entra admin center > App registrations > your app > Overview.",
        "Open a support case when that page says Microsoft disabled the app: Entra admin center > Help + support.",
    ],
};

const APP_SET_UP: Family = Family {
    problem: "app_set_up_wrong",
    stage: Stage::App,
    who: Who::CustomerAdmin,
    proven: Proven::Tenant,
    transient: false,
    advice: &[
        "Compare the registration with the guide, or make a new one: Entra admin center > App registrations > New registration, for accounts in this directory only.",
        "Check the sign-in settings: Entra admin center > App registrations > your app > Authentication.",
    ],
};

const APP_PUBLIC: Family = Family {
    problem: "app_is_public_client",
    advice: &[
        "Set Allow public client flows to No: Entra admin center > App registrations > your app > Authentication > Settings.",
        "Make a new registration if that does not help, and add the secret there: Entra admin center > App registrations > New registration.",
    ],
    ..APP_SET_UP
};

const ASSIGNMENT: Family = Family {
    problem: "app_not_assigned",
    proven: Proven::Tenant,
    advice: &[
        "Set Assignment required? to No: Entra admin center > Enterprise applications > your app > Properties.",
        "Grant admin consent again: Entra admin center > App registrations > your app > API permissions > Grant admin consent.",
    ],
    ..APP_SET_UP
};

const CONSENT: Family = Family {
    problem: "consent_missing",
    stage: Stage::App,
    who: Who::CustomerAdmin,
    proven: Proven::Tenant,
    transient: false,
    advice: &[
        "Grant admin consent: Entra admin center > App registrations > your app > API permissions > Grant admin consent.",
        "Check on that page that Mail.Send is listed with type Application, not Delegated, and with a green tick.",
        "Wait five minutes after granting, then try again.",
    ],
};

const TENANT_NOT_FOUND: Family = Family {
    problem: "tenant_not_found",
    stage: Stage::Tenant,
    who: Who::You,
    proven: Proven::Network,
    transient: false,
    advice: &[
        "Copy Directory (tenant) ID again into the box Tenant ID: Entra admin center > App registrations > your app > Overview.",
        "Choose the customer's cloud in the box Cloud, in case it is not the global one.",
        "Ask the customer's administrator whether the subscription is still active: Microsoft 365 admin center > Billing > Your products.",
    ],
};

const TENANT_MALFORMED: Family = Family {
    problem: "tenant_id_unusable",
    stage: Stage::Tenant,
    who: Who::You,
    proven: Proven::Network,
    transient: false,
    advice: &[
        "Copy Directory (tenant) ID into the box Tenant ID: Entra admin center > App registrations > your app > Overview.",
        "Enter a domain of the customer instead, such as contoso.onmicrosoft.com: Microsoft 365 admin center > Settings > Domains.",
    ],
};

const TENANT_ALIAS: Family = Family {
    problem: "tenant_not_specific",
    advice: &[
        "Enter the customer's own Directory (tenant) ID in the box Tenant ID: Entra admin center > App registrations > your app > Overview.",
        "Remove an overridden --login-url, or make it the bare address of the sign-in service.",
    ],
    ..TENANT_MALFORMED
};

const TENANT_BLOCKED: Family = Family {
    problem: "tenant_blocked",
    stage: Stage::Tenant,
    who: Who::CustomerAdmin,
    proven: Proven::Network,
    transient: false,
    advice: &[
        "Check that the organisation's subscription is active: Microsoft 365 admin center > Billing > Your products.",
        "Open a support case: Microsoft 365 admin center > Support > New service request.",
    ],
};

const WRONG_CLOUD: Family = Family {
    problem: "wrong_cloud",
    stage: Stage::Tenant,
    who: Who::You,
    proven: Proven::Network,
    transient: false,
    advice: &[
        "Choose the customer's cloud in the box Cloud, or with --cloud.",
        "Look at the address of the customer's portal: portal.azure.com is global, portal.azure.us is US Government, portal.azure.cn is China.",
        "Remove addresses you have overridden with --login-url or --graph-url, unless you know that they belong together.",
    ],
};

const GRAPH_MISSING: Family = Family {
    problem: "graph_not_available",
    stage: Stage::Token,
    who: Who::CustomerAdmin,
    proven: Proven::Tenant,
    transient: false,
    advice: &[
        "Check that Microsoft Graph is listed and enabled: Entra admin center > Enterprise applications > All applications, with Application type set to Microsoft Applications.",
        "Check that the organisation has a subscription with Exchange Online: Microsoft 365 admin center > Billing > Your products.",
        "Choose the right cloud in the box Cloud, and remove an overridden --graph-url.",
    ],
};

const SCOPE: Family = Family {
    problem: "scope_refused",
    stage: Stage::Token,
    who: Who::Vendor,
    proven: Proven::Network,
    transient: false,
    advice: &[
        "Choose the right cloud in the box Cloud, and remove an overridden --graph-url.",
        "Copy the log from this program's window and send it to the program's maker if it happens again.",
    ],
};

const SCOPE_OF_OTHER_CLOUD: Family = Family {
    who: Who::You,
    advice: &[
        "Choose the customer's cloud in the box Cloud, or with --cloud.",
        "Remove an overridden --graph-url, or make it the Graph address of the same cloud.",
    ],
    ..SCOPE
};

const CONDITIONAL_ACCESS: Family = Family {
    problem: "conditional_access_blocked",
    stage: Stage::Policy,
    who: Who::CustomerAdmin,
    proven: Proven::App,
    transient: false,
    advice: &[
        "Find the blocked sign-in and its tab Conditional Access: Entra admin center > Monitoring & health > Sign-in logs > Service principal sign-ins.",
        "Exclude this app from the policy, or add this network's public address to a trusted location: Entra admin center > Conditional Access > Policies, and > Named locations.",
        "Try again from the Totalview server, which may stand in an allowed network.",
    ],
};

const SECURITY_DEFAULTS: Family = Family {
    problem: "security_policy_blocked",
    advice: &[
        "Find the blocked sign-in: Entra admin center > Monitoring & health > Sign-in logs > Service principal sign-ins.",
        "Check the organisation's security settings: Entra admin center > Overview > Properties > Manage security defaults.",
    ],
    ..CONDITIONAL_ACCESS
};

const TENANT_RESTRICTION: Family = Family {
    problem: "blocked_by_tenant_restrictions",
    stage: Stage::Network,
    who: Who::NetworkAdmin,
    proven: Proven::Nothing,
    transient: false,
    advice: &[
        "Ask whoever runs this network's proxy to add the customer's tenant to the list in the header Restrict-Access-To-Tenants.",
        "Try again from another network, such as the customer's own server or a mobile hotspot.",
        "Check the box Tenant ID: the proxy may be right when the tenant is not the customer's.",
    ],
};

const PROXY_CHANGED: Family = Family {
    problem: "request_changed_on_the_way",
    stage: Stage::Network,
    who: Who::NetworkAdmin,
    proven: Proven::Nothing,
    transient: false,
    advice: &[
        "Ask the network team to let requests to login.microsoftonline.com and graph.microsoft.com pass the proxy unchanged, without redirects.",
        "Remove an overridden --login-url, in case it leads to another service.",
    ],
};

const BUSY: Family = Family {
    problem: "sign_in_service_busy",
    stage: Stage::Token,
    who: Who::You,
    proven: Proven::Network,
    transient: true,
    advice: &[
        "Wait a few minutes and try again. Your settings are not the cause.",
        "Look for a known outage if it lasts: Microsoft 365 admin center > Health > Service health.",
    ],
};

const THROTTLED: Family = Family {
    problem: "sign_in_throttled",
    advice: &[
        "Wait at least five minutes, then try once.",
        "Look for a program that signs in over and over with this app: Entra admin center > Monitoring & health > Sign-in logs > Service principal sign-ins.",
    ],
    ..BUSY
};

const SERVICE_FAULT: Family = Family {
    problem: "sign_in_service_fault",
    stage: Stage::Token,
    who: Who::CustomerAdmin,
    proven: Proven::Network,
    transient: false,
    advice: &[
        "Look for a known outage: Microsoft 365 admin center > Health > Service health.",
        "Open a support case and give Microsoft the trace id and the time: Microsoft 365 admin center > Support > New service request.",
    ],
};

const PROGRAM_FAULT: Family = Family {
    problem: "sign_in_request_faulty",
    stage: Stage::Token,
    who: Who::Vendor,
    proven: Proven::Network,
    transient: false,
    advice: &[
        "Check the boxes Tenant ID, Client ID and Client Secret for stray characters, then try again.",
        "Try again without a proxy if there is one, as it may change requests on the way.",
        "Copy the log from this program's window, it holds the ids, and send it to the program's maker.",
    ],
};

const FOR_PERSONS: Family = Family {
    problem: "sign_in_of_a_person",
    stage: Stage::Token,
    who: Who::Vendor,
    proven: Proven::Network,
    transient: false,
    advice: &[
        "Remove an overridden --login-url, in case something other than Microsoft's sign-in answered.",
        "Copy the log from this program's window, it holds the ids, and send it to the program's maker.",
    ],
};

const NOT_FOR_THIS_APP: Family = Family {
    problem: "sign_in_kind_not_allowed",
    stage: Stage::App,
    who: Who::CustomerAdmin,
    proven: Proven::Network,
    transient: false,
    advice: &[
        "Compare the box Client ID with the app that was registered for sending mail: Entra admin center > App registrations > your app > Overview.",
        "Make a registration of the customer's own if there is none: Entra admin center > App registrations > New registration.",
    ],
};

/// Every known code, ascending.
pub(super) static TABLE: &[SignInCode] = &[
    SCOPE.code(
        28_002,
        "Entra did not accept the permission this program asked for",
        "The requested scope is not one the service knows. This comes from the program or from an overridden address.",
    ),
    SCOPE.code(
        28_003,
        "Entra saw an empty request for permissions",
        "The scope in the request was blank. That should not happen; the program or a proxy is at fault.",
    ),
    BUSY.code(
        50_000,
        "Entra could not issue a token because of a fault of its own",
        "The sign-in service has a disturbance. It mostly passes by itself.",
    ),
    GRAPH_MISSING.code(
        50_001,
        "The service the token is for does not exist here or is switched off",
        "Microsoft Graph was addressed in a form this cloud does not know, or somebody disabled it in the organisation.",
    ),
    TENANT_RESTRICTION.code(
        50_002,
        "The network you are in does not let you sign in to this organisation",
        "A proxy adds a list of permitted organisations to every sign-in, and this one is not on it.",
    ),
    CERTIFICATE.code(
        50_003,
        "The app has no key that Entra could check the sign-in with",
        "No certificate was ever uploaded to the registration, or it was removed.",
    ),
    CERTIFICATE.code(
        50_006,
        "The signature on the sign-in is wrong",
        "The sign-in was signed with a key that does not belong to the app's certificate.",
    ),
    APP_SET_UP.code(
        50_010,
        "The app has no identifier a token could be made out to",
        "The registration's application ID URI is missing. An app that only sends mail does not need one, so the Client ID may be another app's.",
    ),
    CERTIFICATE.code(
        50_012,
        "Entra did not accept the certificate",
        "The certificate is not registered with the app, its chain cannot be checked, or the signature does not match.",
    ),
    CERTIFICATE.code(
        50_013,
        "Entra did not accept the signed statement that stands for the certificate",
        "It is damaged, too old, or from the future because this computer's clock is wrong.",
    ),
    CERTIFICATE.code(
        50_017,
        "Entra could not check who issued the certificate",
        "An issuing certificate or its revocation list cannot be found. Certificates from a company's own authority often have this.",
    ),
    FOR_PERSONS.code(
        50_020,
        "Entra says that a person's account does not belong to this organisation",
        "This program signs in as the app and never as a person, so the request was changed or answered by something else.",
    ),
    CERTIFICATE.code(
        50_027,
        "The signed statement of the sign-in is not valid",
        "It was made for another address or app, or outside its time because a clock is wrong.",
    ),
    TENANT_MALFORMED.code(
        50_029,
        "The domain in the Tenant ID has characters no domain can have",
        "Something was left over from copying, or a name was entered instead of a domain.",
    ),
    CERTIFICATE.code(
        50_032,
        "The certificate's key is too short",
        "Microsoft no longer accepts short RSA keys.",
    ),
    BUSY.code(
        50_033,
        "Entra had a passing fault",
        "Something inside the sign-in service did not work for a moment.",
    ),
    FOR_PERSONS.code(
        50_034,
        "Entra says that there is no such person in the organisation",
        "This program names no person when it signs in. An overridden address or a proxy may have answered.",
    ),
    CERTIFICATE.code(
        50_048,
        "The signed statement names two different apps",
        "Its subject and its issuer must both be the Client ID.",
    ),
    WRONG_CLOUD.code(
        50_049,
        "The sign-in address is none that Microsoft knows",
        "The chosen cloud or an overridden sign-in address is wrong.",
    ),
    PROGRAM_FAULT.code(
        50_050,
        "Entra could not make sense of the question about the tenant",
        "The address of the request is not well formed, mostly because of an odd character in the Tenant ID.",
    ),
    FOR_PERSONS.code(
        50_053,
        "Entra has locked an account, or distrusts the address you come from",
        "Accounts are locked after many wrong passwords; for an app, the likelier reason is that this network's public address has a bad name.",
    ),
    FOR_PERSONS.code(
        50_057,
        "Entra says that a person's account is switched off",
        "Only people have such accounts, and this program does not sign in as one.",
    ),
    TENANT_MALFORMED.code(
        50_059,
        "Entra cannot see which organisation is meant",
        "The Tenant ID is missing from the request, or is not one of an organisation.",
    ),
    CONDITIONAL_ACCESS.code(
        50_076,
        "A rule of the organisation asks for a second factor",
        "An app cannot give one. The rule was made for people and catches this app too.",
    ),
    SERVICE_FAULT.code(
        50_086,
        "Entra's check of a second factor failed for good",
        "That check is for people. For an app it points to a fault at Microsoft.",
    ),
    BUSY.code(
        50_087,
        "Entra's check of a second factor failed for the moment",
        "A part of the sign-in service has a short disturbance.",
    ),
    CERTIFICATE.code(
        50_099,
        "The signature of a device statement is wrong",
        "A registered device's key was used that Entra does not accept. An app with a secret does not need one.",
    ),
    ASSIGNMENT.code(
        50_105,
        "The app is closed to everybody who was not assigned to it",
        "Somebody has set that only assigned accounts may use it, and nothing was assigned.",
    ),
    CERTIFICATE.code(
        50_120,
        "The header of the signed statement is wrong",
        "It does not say how it was signed, or with which certificate.",
    ),
    FOR_PERSONS.code(
        50_126,
        "Entra says that a user name or password is wrong",
        "This program sends neither. Something else may have made or changed the request.",
    ),
    TENANT_MALFORMED.code(
        50_128,
        "The domain in the Tenant ID belongs to no organisation",
        "It is misspelt, or was never added to Microsoft 365.",
    ),
    CONDITIONAL_ACCESS.code(
        50_131,
        "A rule of the organisation blocked the sign-in",
        "The rule looks at the device, the place or the risk, and this sign-in did not satisfy it.",
    ),
    CERTIFICATE.code(
        50_146,
        "The app must have a signing key of its own, and has none that is valid",
        "The key is missing, has run out or is not valid yet.",
    ),
    TENANT_MALFORMED.code(
        50_169,
        "Entra does not serve this organisation at this address",
        "The Tenant ID and the sign-in address do not belong together.",
    ),
    TENANT_ALIAS.code(
        50_194,
        "The app belongs to one organisation, but the sign-in named none",
        "The address used stands for all organisations. An app made for one needs that one's address.",
    ),
    THROTTLED.code(
        50_196,
        "Entra stopped a program that repeats the same sign-in over and over",
        "Too many equal requests came for this app within a short time, from here or from another program with the same Client ID.",
    ),
    SERVICE_FAULT.code(
        51_000,
        "A feature the sign-in needs is switched off",
        "Microsoft has not enabled it for this organisation or cloud.",
    ),
    PROGRAM_FAULT.code(
        51_005,
        "Entra wants the request at another address",
        "This program follows no redirects, so that a secret never goes anywhere unexpected.",
    ),
    CONDITIONAL_ACCESS.code(
        53_000,
        "A rule of the organisation allows only managed devices",
        "An app has no managed device. The rule was probably made for people.",
    ),
    CONDITIONAL_ACCESS.code(
        53_003,
        "A Conditional Access policy of the customer blocked the sign-in",
        "The policy covers this app, and the place or the risk of the sign-in does not satisfy it. The id and the secret may well be right.",
    ),
    CONSENT.code(
        65_001,
        "Nobody has agreed yet to what the app asks for",
        "Admin consent was never granted, or was taken back.",
    ),
    NOT_FOR_THIS_APP.code(
        65_002,
        "The Client ID is that of a Microsoft program, which may not be used for this",
        "Microsoft's own apps only get tokens for services they were approved for. Use the customer's own registration.",
    ),
    CONSENT.code(
        65_005,
        "The app's list of permissions does not fit what it asks for",
        "Microsoft Graph is missing from the registration's permissions, or the list has an entry that no longer exists.",
    ),
    FOR_PERSONS.code(
        70_000,
        "Entra did not accept a saved sign-in",
        "This program uses no saved sign-ins of people.",
    ),
    APP_DISABLED.code(
        70_001,
        "The app may not sign in: it is switched off",
        "Somebody disabled it in the organisation, or it lacks the right to sign in this way.",
    ),
    SECRET_WRONG.code(
        70_002,
        "The client id and the secret do not fit together",
        "The secret has a typing mistake, is another app's, or its Secret ID was copied instead of its Value.",
    ),
    PROGRAM_FAULT.code(
        70_003,
        "Entra does not offer this way of signing in",
        "The address that answered may not be Microsoft's ordinary sign-in service.",
    ),
    FOR_PERSONS.code(
        70_008,
        "A saved sign-in has run out",
        "Only people's sign-ins are saved; this program asks anew each time.",
    ),
    SCOPE_OF_OTHER_CLOUD.code(
        70_011,
        "Entra does not know the service the token is for",
        "The Graph address is not one of this cloud: another cloud was chosen, or the address was overridden.",
    ),
    FOR_PERSONS.code(
        70_016,
        "Entra is waiting for somebody to enter a code",
        "That belongs to signing in on a second device, which this program does not do.",
    ),
    TENANT_NOT_FOUND.code(
        90_002,
        "There is no such organisation (tenant) in this cloud",
        "The Tenant ID has a typing mistake, the customer is in another cloud, or the subscription has ended.",
    ),
    PROGRAM_FAULT.code(
        90_004,
        "Entra could not read the sign-in request",
        "It was put together wrongly or changed by a proxy.",
    ),
    BUSY.code(
        90_006,
        "A service behind Entra does not answer at the moment",
        "A short disturbance at Microsoft.",
    ),
    CONSENT.code(
        90_008,
        "The app was not granted the least it needs in this organisation",
        "Its permissions were never agreed to by an administrator.",
    ),
    PROGRAM_FAULT.code(
        90_009,
        "The app asked for a token for itself in a form that is not allowed",
        "The overridden Graph address probably names the app instead of Microsoft Graph.",
    ),
    CERTIFICATE.code(
        90_010,
        "Entra cannot work with the chosen way of signing",
        "The certificate or its statement uses an algorithm that is not supported.",
    ),
    APP_SET_UP.code(
        90_011,
        "Several apps answer to the same identifier",
        "Two registrations share a name or an application ID URI, and Entra cannot tell which is meant.",
    ),
    BUSY.code(
        90_012,
        "Entra took too long and gave up",
        "The sign-in service is overloaded or has a disturbance.",
    ),
    PROGRAM_FAULT.code(
        90_013,
        "Entra did not accept one of the values that were sent",
        "A box holds a character that does not belong there.",
    ),
    PROGRAM_FAULT.code(
        90_014,
        "A value Entra needs was not sent",
        "A box was empty, or something on the way took part of the request out.",
    ),
    PROGRAM_FAULT.code(
        90_016,
        "A token lacks something Entra needs",
        "The program presented a token where none was called for, or an incomplete one.",
    ),
    TENANT_MALFORMED.code(
        90_019,
        "Entra could not work out the tenant",
        "The Tenant ID did not arrive, or in a form Entra cannot use.",
    ),
    PROGRAM_FAULT.code(
        90_023,
        "Entra calls the sign-in request invalid",
        "A value is in the wrong form; a secret that was cut or changed while copying can do that too.",
    ),
    BUSY.code(
        90_024,
        "Entra ran out of time for this request",
        "The sign-in service is under load at the moment.",
    ),
    BUSY.code(
        90_033,
        "Microsoft's directory does not answer at the moment",
        "The sign-in service cannot look anything up until the directory is back.",
    ),
    SERVICE_FAULT.code(
        90_036,
        "Microsoft's directory failed in a way that repeating does not cure",
        "Something about this organisation's data is broken on Microsoft's side.",
    ),
    WRONG_CLOUD.code(
        90_038,
        "The organisation lives in another national cloud",
        "The chosen cloud knows the name but not the organisation itself.",
    ),
    WRONG_CLOUD.code(
        90_051,
        "The name of the national cloud is wrong",
        "The request named a cloud that does not exist.",
    ),
    THROTTLED.code(
        90_055,
        "Entra accepts no more sign-ins of this organisation for now",
        "Far too many requests come in for it, or Microsoft has blocked it for a while.",
    ),
    BUSY.code(
        90_090,
        "Graph, which Entra asked, is not available for a moment",
        "A passing disturbance at Microsoft.",
    ),
    BUSY.code(
        90_091,
        "Entra could not reach Graph",
        "The two Microsoft services could not talk to each other.",
    ),
    SERVICE_FAULT.code(
        90_092,
        "Graph refused a question of Entra's, and repeating does not help",
        "Something is wrong on Microsoft's side for this app or organisation.",
    ),
    CONSENT.code(
        90_093,
        "Graph refused Entra's question about this app",
        "The one who agreed to the app's permissions did not have the right to.",
    ),
    CONSENT.code(
        90_094,
        "Only an administrator can agree to what the app asks for",
        "That has not happened yet.",
    ),
    APP_NOT_INSTALLED.code(
        90_099,
        "The app was not let into this organisation yet",
        "It is a partner's app, and the customer's administrator must agree to it first.",
    ),
    PROGRAM_FAULT.code(
        90_100,
        "One of the values in the sign-in request is blank or wrong",
        "A box was left empty or holds something in another form.",
    ),
    PROGRAM_FAULT.code(
        90_117,
        "Entra could not use what was entered",
        "Part of the request is in a form the sign-in service does not take.",
    ),
    PROGRAM_FAULT.code(
        90_121,
        "An empty request arrived at Entra",
        "A proxy may have dropped the content on the way.",
    ),
    TENANT_ALIAS.code(
        90_130,
        "This app cannot sign in at an address that stands for everybody",
        "The sign-in address names no single organisation.",
    ),
    NOT_FOR_THIS_APP.code(
        100_007,
        "The regional sign-in service does not serve this kind of app",
        "It is for Microsoft's own programs. An overridden sign-in address probably leads there.",
    ),
    GRAPH_MISSING.code(
        500_011,
        "The service the token is for is not set up in this organisation",
        "The organisation has no Microsoft Graph entry, the cloud is the wrong one, or the Tenant ID is of an organisation without Microsoft 365.",
    ),
    GRAPH_MISSING.code(
        500_014,
        "Microsoft Graph is switched off in this organisation",
        "Somebody disabled its entry among the enterprise applications.",
    ),
    TENANT_RESTRICTION.code(
        500_021,
        "This network lets you sign in to some organisations only, and this is none of them",
        "The proxy marks every sign-in with a list of permitted tenants (tenant restrictions), and the customer's is missing.",
    ),
    TENANT_RESTRICTION.code(
        500_022,
        "This network's tenant restrictions refuse the organisation",
        "The list of permitted tenants that the proxy sends along leaves the customer's out, or is itself not valid.",
    ),
    CERTIFICATE.code(
        500_133,
        "The signed statement of the sign-in is outside its time",
        "It has run out already, or this computer's clock is wrong.",
    ),
    ASSIGNMENT.code(
        501_051,
        "The app is not assigned to the service it asks for",
        "The service only answers apps that an administrator has assigned to it.",
    ),
    CONDITIONAL_ACCESS.code(
        530_032,
        "A security policy of the organisation blocked the sign-in",
        "The administrator has set a rule for the whole organisation which this app does not satisfy.",
    ),
    SECURITY_DEFAULTS.code(
        530_035,
        "The organisation's security defaults blocked the sign-in",
        "Microsoft's standard protection took this sign-in for an old or unsafe kind.",
    ),
    CONSENT.code(
        650_051,
        "The app asks for permissions that are out of date, or its entry exists already",
        "The list of permissions no longer fits what Microsoft Graph offers.",
    ),
    GRAPH_MISSING.code(
        650_052,
        "The organisation has not subscribed to the service the app asks for",
        "There is no Microsoft 365 subscription with this service, or it was never switched on.",
    ),
    GRAPH_MISSING.code(
        650_054,
        "The app asks for a service that no longer exists here",
        "A permission in the registration points to something that was removed.",
    ),
    CONSENT.code(
        650_056,
        "The app's permissions are not in order",
        "Either none are listed for Microsoft Graph, or the administrator has not agreed to them, or the Client ID is another app's.",
    ),
    CONSENT.code(
        650_057,
        "The app may not ask for this service",
        "Microsoft Graph is not on the registration's list of permissions.",
    ),
    APP_NOT_FOUND.code(
        700_011,
        "The organisation does not know this app",
        "The Client ID or the Tenant ID is wrong, or the app was deleted.",
    ),
    APP_NOT_FOUND.code(
        700_016,
        "There is no app with this Client ID in this organisation",
        "The Client ID has a typing mistake or is the Object ID, the Tenant ID is another organisation's, or the app was deleted.",
    ),
    FOR_PERSONS.code(
        700_020,
        "Entra wants a person to sign in",
        "Signing in as an app never needs that, so the request was changed or the app is of another kind.",
    ),
    CERTIFICATE.code(
        700_021,
        "The signed statement was made for another app",
        "Its issuer and subject are not the Client ID.",
    ),
    SCOPE.code(
        700_022,
        "One token was asked for several services",
        "Entra makes out a token for one service only. This program asks for Graph alone, so something changed the request.",
    ),
    SCOPE.code(
        700_023,
        "The request did not say which service the token is for",
        "The scope names a permission without its service.",
    ),
    CERTIFICATE.code(
        700_024,
        "The signed statement is not valid at this time",
        "This computer's clock is wrong by some minutes or more, or the statement was made too long ago.",
    ),
    APP_PUBLIC.code(
        700_025,
        "The app is registered as one that has no secret",
        "It is a public client (a phone or desktop app), and those may not show a secret.",
    ),
    CERTIFICATE.code(
        700_027,
        "Entra could not verify the certificate's signature",
        "The certificate is not among those of the app, has run out, or was uploaded a moment ago.",
    ),
    CERTIFICATE.code(
        700_030,
        "The name in the certificate is not an allowed one",
        "The app accepts certificates with certain subject names only.",
    ),
    CERTIFICATE.code(
        700_229,
        "This kind of token cannot stand in for a certificate",
        "A federated sign-in must show a token issued to an app, not to a person.",
    ),
    TENANT_MALFORMED.code(
        900_023,
        "The Tenant ID is neither a GUID nor a domain",
        "It was cut, misspelt, or a company name was entered.",
    ),
    PROGRAM_FAULT.code(
        900_144,
        "A part of the sign-in request is missing",
        "A box was empty, or a proxy took something out of the request.",
    ),
    WRONG_CLOUD.code(
        900_382,
        "An app of one cloud cannot sign in through another",
        "The app has a secret and must use its own cloud's sign-in address.",
    ),
    CERTIFICATE.code(
        900_384,
        "Entra could not verify the signature of a token it was shown",
        "The key, the certificate or the token itself is wrong.",
    ),
    WRONG_CLOUD.code(
        900_432,
        "The sign-in crossed from one cloud to another, which apps with a secret may not do",
        "The chosen cloud is not the one the customer's organisation is in.",
    ),
    PROXY_CHANGED.code(
        900_561,
        "The sign-in request arrived in another form than it was sent",
        "A proxy or a redirect turned the request into a plain page view on the way.",
    ),
    SCOPE.code(
        901_002,
        "Entra does not take the way the service was named",
        "The request used an older form than this address understands.",
    ),
    APP_DISABLED.code(
        1_000_031,
        "The app is closed at the moment",
        "An administrator or Microsoft has switched it off in this organisation.",
    ),
    SCOPE.code(
        1_002_012,
        "The permission was asked for in a form that apps may not use",
        "An app always asks for everything it was granted (/.default), never for one permission by name.",
    ),
    TENANT_BLOCKED.code(
        5_000_224,
        "The organisation exists no more, or Microsoft has blocked it",
        "It was deleted, suspended, or never finished being set up.",
    ),
    CERTIFICATE.code(
        5_002_738,
        "The signed statement was signed in a way Entra does not support",
        "It needs one of the usual signature kinds for certificates.",
    ),
    APP_DISABLED.code(
        7_000_112,
        "The app is disabled in this organisation",
        "Somebody has switched its sign-in off, or Microsoft has disabled the app.",
    ),
    NOT_FOR_THIS_APP.code(
        7_000_114,
        "The app may not act for other apps or people",
        "It tried to exchange somebody's token for another, which this program never does.",
    ),
    SECRET_WRONG.code(
        7_000_215,
        "The client secret is wrong",
        "Often the Secret ID was copied instead of the Value. Else the secret was cut while copying, or is another app's.",
    ),
    SECRET_MISSING.code(
        7_000_216,
        "No secret was sent along",
        "The box Client Secret, its file or its variable was empty.",
    ),
    SECRET_MISSING.code(
        7_000_218,
        "Entra misses the app's secret in the request",
        "The secret was empty, or a proxy took it out of the request.",
    ),
    SECRET_EXPIRED.code(
        7_000_222,
        "The client secret has expired",
        "Every secret has an end date, and this one's is past. The app and the permissions are not the trouble.",
    ),
    APP_NOT_INSTALLED.code(
        7_000_229,
        "The app is registered, but is not present in this organisation",
        "Its entry under Enterprise applications (the service principal) is missing. It is created when an administrator grants consent.",
    ),
    TENANT_ALIAS.code(
        9_001_023,
        "An app can only sign in to one organisation, but the address stands for all",
        "The Tenant ID is one of the general names such as common.",
    ),
    PROGRAM_FAULT.code(
        9_002_313,
        "Entra calls the request malformed",
        "A value has characters that were not encoded properly, or a proxy changed the request.",
    ),
    TENANT_ALIAS.code(
        9_002_332,
        "The app is for organisations, but the sign-in went to the address for private accounts",
        "The Tenant ID stands for private Microsoft accounts.",
    ),
];

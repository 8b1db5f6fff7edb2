"""Microsoft's own Python clients: MSAL, azure-identity and msgraph-sdk. Prints what they make of a tenant as JSON.

    python_client.py OPTIONS

OPTIONS is JSON: {"url": HTTPS root, "tenant", "client", "secret", "authority_file", "permitted": [...],
"forbidden": [...], "unknown": ADDRESS, "recipient": ADDRESS, "read": whether the directory is read too}
"""

import asyncio
import json
import os
import ssl
import sys
import traceback

OPTIONS = json.loads(sys.argv[1])
os.environ["REQUESTS_CA_BUNDLE"] = os.environ["SSL_CERT_FILE"] = OPTIONS["authority_file"]

import httpx
import msal
from azure.identity.aio import ClientSecretCredential
from kiota_abstractions.api_error import APIError
from kiota_abstractions.authentication import AccessTokenProvider, AllowedHostsValidator, BaseBearerTokenAuthenticationProvider
from kiota_abstractions.base_request_configuration import RequestConfiguration
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph.generated.models.body_type import BodyType
from msgraph.generated.models.email_address import EmailAddress
from msgraph.generated.models.item_body import ItemBody
from msgraph.generated.models.message import Message
from msgraph.generated.models.recipient import Recipient
from msgraph.generated.users.users_request_builder import UsersRequestBuilder
from msgraph.generated.users.item.send_mail.send_mail_post_request_body import SendMailPostRequestBody

SCOPE = "https://graph.microsoft.com/.default"


def msal_token(secret, tenant=None, client=None):
    application = msal.ConfidentialClientApplication(
        client or OPTIONS["client"],
        client_credential=secret,
        authority=f"{OPTIONS['url']}/{tenant or OPTIONS['tenant']}",
        instance_discovery=False,
        verify=OPTIONS["authority_file"],
    )
    told = application.acquire_token_for_client(scopes=[SCOPE])
    again = application.acquire_token_for_client(scopes=[SCOPE]) if "access_token" in told else {}
    kept = ("token_type", "expires_in", "ext_expires_in", "error", "error_codes", "correlation_id")
    shown = {key: told[key] for key in kept if key in told}
    shown |= {"has_token": "access_token" in told, "described": str(told.get("error_description"))[:40]}
    shown["from_cache"] = again.get("token_source") == "cache" and again.get("access_token") == told.get("access_token")
    return shown


class Provider(AccessTokenProvider):
    """The credential's token for a host that is not Microsoft's."""

    def __init__(self, credential):
        self.credential = credential

    async def get_authorization_token(self, uri, additional_authentication_context={}):
        return (await self.credential.get_token(SCOPE)).token

    def get_allowed_hosts_validator(self):
        return AllowedHostsValidator([])


def mail():
    message = Message(subject="From a foreign client", body=ItemBody(content_type=BodyType.Text, content="Hello"))
    message.to_recipients = [Recipient(email_address=EmailAddress(address=OPTIONS["recipient"]))]
    return SendMailPostRequestBody(message=message, save_to_sent_items=False)


def error(err):
    inner = err.error
    more = inner.inner_error if inner else None
    return {
        "type": type(err).__name__,
        "status": err.response_status_code,
        "code": inner.code if inner else None,
        "message": inner.message if inner else None,
        "request_id": getattr(more, "request_id", None) or (err.response_headers or {}).get("request-id"),
        "client_request_id": getattr(more, "client_request_id", None),
        "dated": getattr(more, "date", None) is not None,
    }


async def graph():
    context = ssl.create_default_context(cafile=OPTIONS["authority_file"])
    credential = ClientSecretCredential(
        OPTIONS["tenant"], OPTIONS["client"], OPTIONS["secret"], authority=OPTIONS["url"], disable_instance_discovery=True
    )
    async with credential, httpx.AsyncClient(verify=context) as http:
        adapter = GraphRequestAdapter(BaseBearerTokenAuthenticationProvider(Provider(credential)), client=http)
        adapter.base_url = OPTIONS["url"] + "/v1.0"
        client = GraphServiceClient(request_adapter=adapter)
        sent = {}
        for address in [*OPTIONS["permitted"], *OPTIONS["forbidden"], OPTIONS["unknown"]]:
            try:
                await client.users.by_user_id(address).send_mail.post(mail())
                sent[address] = {"status": 202}
            except APIError as err:
                sent[address] = error(err)
        read = await directory(client) if OPTIONS["read"] else None
        return {"sent": sent, "read": read}


async def directory(client):
    """Reads the directory by the SDK's own types, page by page."""
    told = {}
    pages = RequestConfiguration(query_parameters=UsersRequestBuilder.UsersRequestBuilderGetQueryParameters(top=2))
    page, people, links = await client.users.get(request_configuration=pages), [], []
    while page:
        people += [user.user_principal_name for user in page.value]
        link = page.odata_next_link
        if link:
            links.append(link)
        page = await client.users.with_url(link).get() if link else None
    told["people"], told["links"] = people, links
    groups = (await client.groups.get()).value
    told["groups"] = [group.mail for group in groups]
    told["members"] = {}
    for group in groups:
        members = (await client.groups.by_group_id(group.id).transitive_members.get()).value
        told["members"][group.mail] = [[type(member).__name__, getattr(member, "mail", None)] for member in members]
    principals = (await client.service_principals.get()).value
    told["principals"] = [principal.app_id for principal in principals]
    return told


def main():
    told = {
        "msal": {
            "right": msal_token(OPTIONS["secret"]),
            "wrong secret": msal_token("wrong~secret-that-nobody-has-made-0"),
            "unknown client": msal_token(OPTIONS["secret"], client="99999999-9999-4999-8999-999999999999"),
        }
    }
    try:
        msal_token(OPTIONS["secret"], tenant="00000000-0000-4000-8000-000000000001")
        told["msal"]["unknown tenant"] = "no error"
    except ValueError as err:
        told["msal"]["unknown tenant"] = str(err)[:60]
    told |= asyncio.run(graph())
    print(json.dumps(told))


try:
    main()
except Exception:
    traceback.print_exc()
    sys.exit(1)

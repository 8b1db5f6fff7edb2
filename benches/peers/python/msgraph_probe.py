"""msgraph-sdk: one sendMail per mailbox. Usage: msgraph_probe.py GRAPH-URL LIST CONCURRENCY."""

import asyncio
import os
import sys

from kiota_abstractions.api_error import APIError
from kiota_abstractions.authentication import AccessTokenProvider, AllowedHostsValidator
from kiota_abstractions.authentication import BaseBearerTokenAuthenticationProvider
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph.generated.models.body_type import BodyType
from msgraph.generated.models.item_body import ItemBody
from msgraph.generated.models.message import Message
from msgraph.generated.users.item.send_mail.send_mail_post_request_body import SendMailPostRequestBody


class Static(AccessTokenProvider):
    """The token that was given, for whatever host."""

    async def get_authorization_token(self, uri, additional_authentication_context={}):
        return os.environ["BENCH_TOKEN"]

    def get_allowed_hosts_validator(self):
        return AllowedHostsValidator([])


def body():
    message = Message(subject="Access probe, never sent", to_recipients=[])
    message.body = ItemBody(content_type=BodyType.Text, content="probe")
    return SendMailPostRequestBody(message=message, save_to_sent_items=False)


async def main():
    url, names, concurrency = sys.argv[1], open(sys.argv[2]).read().split(), int(sys.argv[3])
    adapter = GraphRequestAdapter(BaseBearerTokenAuthenticationProvider(Static()))
    adapter.base_url = url + "/v1.0"
    client = GraphServiceClient(request_adapter=adapter)
    places = asyncio.Semaphore(concurrency)

    async def ask(name):
        async with places:
            try:
                await client.users.by_user_id(name).send_mail.post(body())
                status, code = 202, ""
            except APIError as err:
                inner = getattr(err, "error", None)
                status, code = err.response_status_code or 0, getattr(inner, "code", "") or ""
            except Exception as err:  # what a script would do with anything else
                status, code = 0, type(err).__name__
            print(f"{name}\t{status}\t{code}")

    await asyncio.gather(*(ask(name) for name in names))


asyncio.run(main())

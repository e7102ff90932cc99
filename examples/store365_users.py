"""Lists the users of a Store365 account, page by page and with one token.

Environment: STORE365_USERNAME, STORE365_PASSWORD, STORE365_CLIENT_ID; STORE365_BASE_URL and STORE365_TOKEN_URL where
they are others than the vendor's.
"""

import asyncio
import os

from store365 import AsyncClient


async def main() -> None:
    base_url, token_url = os.environ.get("STORE365_BASE_URL"), os.environ.get("STORE365_TOKEN_URL")
    async with AsyncClient(base_url=base_url, token_url=token_url) as client:
        first = await client.users.list(page_size=50)
        print(f"{first.total_number_of_records} users on {first.total_number_of_pages} pages")
        # The vendor documents no field of a user, so what comes is kept as it is.
        async for page in first.pages():
            print(f"  page {page.page_number}:")
            for user in page.items[:2]:
                print(f"    {user.model_extra}")
            print(f"    ... and {len(page.items[2:])} more")


if __name__ == "__main__":
    asyncio.run(main())

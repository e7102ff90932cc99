"""Tops up a user's balance at a Kolmisoft M4 server, once, even if the answer gets lost.

Environment: KOLMISOFT_USERNAME, KOLMISOFT_SECRET_KEY, KOLMISOFT_BASE_URL; and what to book: TOP_UP_USER (an id),
TOP_UP_AMOUNT, TOP_UP_CURRENCY, TOP_UP_REFERENCE (your own, one for each payment: it is how the payment is found again).
"""

import os
from decimal import Decimal

from kolmisoft_m4 import APIError, Client


def is_there(client: Client, user: int, reference: str) -> bool:
    """Look for a payment of today. By one filter only: how several enter the digest is not documented."""
    return any(payment.comment == reference for payment in client.payments_get(user_id_s=user))


def top_up(client: Client, user: int, amount: Decimal, currency: str, reference: str) -> str:
    """Book a payment unless it is there, and return what is known about it."""
    if is_there(client, user, reference):
        return f"{reference} is booked already; nothing to do"
    try:
        payment = client.payment_create(user_id=user, amount=amount, currency=currency, comment=reference)
    except APIError as error:
        if not error.may_have_executed:
            raise
        print(f"  {type(error).__name__}: {error}")
        print("  it may have been booked; looking before anything else is done")
        if is_there(client, user, reference):
            return f"{reference} is booked; only the answer was lost"
        # It may be on its way still, so it is not sent again here.
        return f"{reference} is not there yet; run this again later, and it looks first"
    return f"{reference} is booked: payment {payment.payment_id}, {payment.gross} {payment.currency}"


def main() -> None:
    user, amount = int(os.environ["TOP_UP_USER"]), Decimal(os.environ["TOP_UP_AMOUNT"])
    with Client(base_url=os.environ["KOLMISOFT_BASE_URL"]) as client:
        print(top_up(client, user, amount, os.environ["TOP_UP_CURRENCY"], os.environ["TOP_UP_REFERENCE"]))


if __name__ == "__main__":
    main()

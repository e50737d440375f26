"""Publishers: one thin module per live source, which proposes rows and never edits old ones.

Nothing here goes to the network: the reader saves the publisher's document and names the file.
"""

from coalface.update import exchange_rate, key_rate, pink_sheet
from coalface.update.proposal import Proposal, write

PUBLISHERS = {
    "key-rate": key_rate.propose,
    "exchange-rate": exchange_rate.propose,
    "pink-sheet": pink_sheet.propose,
}
"""Name of a source, as in `coalface update NAME FILE`, to the function that reads its document."""

__all__ = ["PUBLISHERS", "Proposal", "write"]

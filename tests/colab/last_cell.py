# The check adds this cell to each notebook: what did its kernel use, and can a reader
# who stays with the profile full get the reviews?
import sys
from pathlib import Path
from unittest.mock import patch

import alutils
from alutils.corpus.reviews import load_reviews
from alutils.results import results_folder

package = Path(alutils.__file__).parent
assert package.is_relative_to(sys.prefix), f"alutils was imported from {package}"
results = results_folder()
assert results == package / "_results", f"the tracked results are read from {results}"
# As far as the download of TensorFlow Datasets, which is not ours to repeat.
with patch("requests.Session.get", side_effect=InterruptedError("download")):
    try:
        load_reviews("tfds")
    except ConnectionError as error:
        if not isinstance(error.__cause__, InterruptedError):
            raise
    else:
        raise AssertionError("load_reviews did not ask for the reviews")

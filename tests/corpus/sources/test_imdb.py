"""TensorFlow Datasets, in a Python of its own: it reads its folder's name at import."""


def test_without_data_and_network_the_message_names_both_ways_out(run_python, tmp_path):
    nobody = "http://127.0.0.1:9"
    proxies = dict.fromkeys(
        ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), nobody
    )
    answer = run_python(
        """
import urllib3
# Ten tries, but without three minutes of waiting between them.
urllib3.Retry.sleep = lambda *_, **__: None
from alutils.corpus.reviews import load_reviews
try:
    load_reviews("tfds")
except ConnectionError as error:
    print(error)
""",
        TFDS_DATA_DIR=str(tmp_path),
        NO_PROXY="",
        no_proxy="",
        **proxies,
    )
    assert "could not be downloaded" in answer
    assert str(tmp_path) in answer
    assert "TFDS_DATA_DIR" in answer
    assert "source='wheel'" in answer


def test_tfds_gives_train_and_test_in_the_order_of_the_published_call(
    prepared_tfds,
):
    texts, labels, _ = prepared_tfds.calls[0]
    assert [texts, labels] == prepared_tfds.published
    assert len(texts) == 80


def test_tfds_gives_the_same_from_the_cache(prepared_tfds):
    assert prepared_tfds.calls[1] == prepared_tfds.calls[0]


def test_tfds_marks_exactly_the_reviews_of_the_test_file_as_the_official_test_set(
    prepared_tfds,
):
    texts, _, official_test = prepared_tfds.calls[0]
    assert official_test == [text.startswith("test") for text in texts]

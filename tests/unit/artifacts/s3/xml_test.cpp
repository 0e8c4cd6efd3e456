#include "artifacts/s3/xml.hpp"

#include <doctest/doctest.h>

using namespace streamdemo::artifacts::s3;

TEST_CASE("a listing is read, page by page") {
  const auto page = read_objects(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
      "<Name>b</Name><KeyCount>2</KeyCount><IsTruncated>true</IsTruncated>"
      "<NextContinuationToken>abc&amp;=</NextContinuationToken>"
      "<Contents><Key>p/files/t/a</Key><LastModified>2026-11-30T03:00:00.000Z</LastModified><ETag>&quot;x&quot;</ETag>"
      "<Size>17</Size></Contents>"
      "<Contents><Key>p/files/t/b</Key><LastModified>2026-11-30T03:00:01Z</LastModified><Size>0</Size></Contents>"
      "</ListBucketResult>");
  REQUIRE(page.has_value());
  REQUIRE(page->objects.size() == 2);
  CHECK(page->objects[0].key == "p/files/t/a");
  CHECK(page->objects[0].size == 17);
  CHECK(page->objects[1].modified - page->objects[0].modified == std::chrono::seconds(1));
  CHECK(page->next == "abc&=");
  const auto last = read_objects("<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>");
  CHECK(last->objects.empty());
  CHECK(last->next.empty());
}

TEST_CASE("what is no listing is an error, not an empty one") {
  const char* contents = "<ListBucketResult><Contents><Key>a</Key><Size>{}</Size></Contents></ListBucketResult>";
  for (const char* text : {"", "<html></html>", "{}", "<ListBucketResult>", contents,
                           "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>"}) {
    CAPTURE(text);
    CHECK(read_objects(text).has_error());
  }
}

TEST_CASE("deep nesting is refused before it is parsed") {
  std::string text;
  for (int i = 0; i < 1'000'000; ++i) text += "<a>";
  CHECK(read_objects("<ListBucketResult>" + text).has_error());
  CHECK(read_failure(text).code.empty());
  // Many elements beside each other are not deep.
  std::string flat = "<ListBucketResult>";
  for (int i = 0; i < 1000; ++i) {
    flat += "<Contents><Key>k</Key><LastModified>2026-11-30T03:00:01Z</LastModified><Size>1</Size><Empty/></Contents>";
  }
  CHECK(read_objects(flat + "</ListBucketResult>")->objects.size() == 1000);
}

TEST_CASE("unfinished uploads are read with where the list goes on") {
  const auto page = read_uploads(
      "<ListMultipartUploadsResult><NextKeyMarker>k</NextKeyMarker><NextUploadIdMarker>u2</NextUploadIdMarker>"
      "<IsTruncated>true</IsTruncated><Upload><Key>k</Key><UploadId>u1</UploadId></Upload>"
      "<Upload><Key>k</Key><UploadId>u2</UploadId></Upload></ListMultipartUploadsResult>");
  REQUIRE(page.has_value());
  CHECK(page->uploads.size() == 2);
  CHECK(page->uploads[1].upload_id == "u2");
  CHECK(page->more);
  CHECK(page->next_key == "k");
  CHECK(page->next_upload_id == "u2");
  CHECK(read_uploads("<ListMultipartUploadsResult><Upload><Key>k</Key></Upload></ListMultipartUploadsResult>")
            .has_error());
}

TEST_CASE("an upload has an id, and its parts are named by the server's tags") {
  CHECK(read_upload_id("<InitiateMultipartUploadResult><UploadId>a b</UploadId></InitiateMultipartUploadResult>")
            .value() == "a b");
  CHECK(read_upload_id("<InitiateMultipartUploadResult/>").has_error());
  CHECK(parts_text({{1, "\"t&<\""}}) ==
        "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Part><PartNumber>1</PartNumber>"
        "<ETag>&quot;t&amp;&lt;&quot;</ETag></Part></CompleteMultipartUpload>");
}

TEST_CASE("errors have a code and a message, other answers have none") {
  const auto e = read_failure("<?xml version=\"1.0\"?><Error><Code>SlowDown</Code><Message>Please</Message></Error>");
  CHECK(e.code == "SlowDown");
  CHECK(e.message == "Please");
  CHECK(read_failure("<html><body>502 Bad Gateway</body></html>").code.empty());
  CHECK(read_failure("<CompleteMultipartUploadResult><ETag>x</ETag></CompleteMultipartUploadResult>").code.empty());
}

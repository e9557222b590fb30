/* Fetches archives over https, or over http with a checksum, and follows pages that name the
 * address of a module. */
#include "archive_unpack.h"
#include "fetch.h"
#include "fetch_web.h"
#include "file_digest.h"
#include "hex.h"
#include "url.h"

#include <errno.h>

static const char *const endings[] = {
    "zip", "tar.gz", "tgz", "tar.bz2", "tbz2", "tar.xz", "txz", "tar.zst", "tzst", "tar",
};

static bool archive_claims(Str address, Str *package, Arena *) {
    Url url;
    *package = address;
    return url_parse(address, &url) && url.host.len > 0 &&
           (str_equal(url.scheme, STR("https")) || str_equal(url.scheme, STR("http")));
}

typedef struct Checksum {
    DigestKind kind;
    Str hex; /* empty: no checksum required */
} Checksum;

typedef struct Download {
    const SourceRequest *request;
    Str url; /* without the query parameters that loam evaluates */
    Str shown;
    bool is_archive;
    Checksum checksum;
    Arena *arena;
    Diags *diags;
} Download;

static bool PRINTF_LIKE(2, 3) archive_refuse(Download *download, const char *format, ...) {
    va_list args;
    va_start(args, format);
    Str why = str_vformat(download->arena, format, args);
    va_end(args);
    return diags_fail(download->diags, download->request->range, "Failed to fetch a module",
                      "\"%.*s\": %.*s", STR_ARG(download->shown), STR_ARG(why));
}

static bool archive_is_ending(Str text) {
    for (size_t i = 0; i < ARRAY_COUNT(endings); i++) {
        if (str_equal_cstr(text, endings[i]))
            return true;
    }
    return false;
}

static bool has_ending(Str path) {
    for (size_t dot = 0; (dot = str_find_char(path, '.', dot)) != SIZE_MAX; dot++) {
        if (archive_is_ending(str_after(path, dot + 1)))
            return true;
    }
    return false;
}

static bool read_archive(Download *download, const Url *url) {
    Str wanted;
    download->is_archive = has_ending(url->path);
    if (!url_query_find(url->query, STR("archive"), &wanted))
        return true;
    download->is_archive = archive_is_ending(wanted);
    return download->is_archive || !wanted.len || str_equal(wanted, STR("false")) ||
           archive_refuse(download,
                          "\"archive\" is \"%.*s\", which is not a supported archive type.",
                          STR_ARG(wanted));
}

/* name, kind, length in hexadecimal digits */
static const struct {
    const char *name;
    DigestKind kind;
    size_t length;
} kinds[] = {
    {"md5", DIGEST_MD5, 32},
    {"sha1", DIGEST_SHA1, 40},
    {"sha256", DIGEST_SHA256, 64},
    {"sha512", DIGEST_SHA512, 128},
};

/* Reads "sha256:HEX", or HEX whose length determines the kind. */
static bool read_checksum(Download *download, const Url *url) {
    Str text;
    Str ignored;
    if (!url_query_find(url->query, STR("checksum"), &text))
        return true;
    if (!url_decode(text, &text, download->arena))
        return archive_refuse(download, "its checksum is not valid text.");
    size_t colon = str_find_char(text, ':', 0);
    Str name = colon == SIZE_MAX ? STR_EMPTY : str_slice(text, 0, colon);
    Str hex = colon == SIZE_MAX ? text : str_after(text, colon + 1);
    for (size_t i = 0; i < ARRAY_COUNT(kinds); i++) {
        bool is_kind = !name.len || str_equal_cstr(name, kinds[i].name);
        if (!is_kind || hex.len != kinds[i].length || !hex_decode(hex, &ignored, download->arena))
            continue;
        download->checksum = (Checksum){kinds[i].kind, hex};
        return true;
    }
    return archive_refuse(download,
                          "its checksum is not an md5, sha1, sha256 or sha512 in hexadecimal "
                          "digits, such as \"sha256:9f86…\".");
}

static bool archive_read_address(Download *download) {
    Url url;
    Arena *arena = download->arena;
    bool is_url = url_parse(download->request->package, &url);
    CHECK(is_url);
    if (!read_archive(download, &url) || !read_checksum(download, &url))
        return false;
    if (str_equal(url.scheme, STR("http")) && !download->checksum.hex.len)
        return archive_refuse(download,
                              "an unencrypted download can be changed on the way. Use https, or "
                              "add \"?checksum=sha256:…\".");
    url.query = url_query_without(url.query, STR("archive"), arena);
    url.query = url_query_without(url.query, STR("checksum"), arena);
    if (!download->is_archive)
        url.query = str_format(arena, "%.*s%sterraform-get=1", STR_ARG(url.query),
                               url.query.len ? "&" : "");
    download->url = url_to_str(&url, arena);
    return true;
}

static bool archive_check_checksum(Download *download, Str path) {
    Str found;
    Str hex;
    Str wanted;
    Arena *arena = download->arena;
    if (!download->checksum.hex.len)
        return true;
    int status =
        file_digest(download->request->io->disk, path, download->checksum.kind, &found, arena);
    if (status != 0)
        return archive_refuse(download, "%s.", strerror(-status));
    bool is_hex =
        hex_decode(found, &hex, arena) && hex_decode(download->checksum.hex, &wanted, arena);
    CHECK(is_hex);
    return str_equal(hex, wanted) ||
           archive_refuse(download, "the required checksum is %.*s, but the download has %.*s.",
                          STR_ARG(download->checksum.hex), STR_ARG(found));
}

static bool unpack_download(Download *download) {
    const SourceRequest *request = download->request;
    WebQuestion question = {
        .io = request->io,
        .cancel = request->cancel,
        .url = download->url,
        .file = disk_join(request->work, STR("archive"), download->arena),
        .asker = "the server",
    };
    HttpResponse response;
    Str problem;
    if (!fetch_web_get(&question, request->range, &response, download->arena, download->diags) ||
        !archive_check_checksum(download, question.file))
        return false;
    return archive_unpack(request->io, question.file, request->directory, UNPACK_LIMITS, &problem,
                          download->arena) ||
           archive_refuse(download, "%.*s.", STR_ARG(problem));
}

static bool ask_page(Download *download, SourceFound *out) {
    const SourceRequest *request = download->request;
    WebQuestion question = {
        .io = request->io, .cancel = request->cancel, .url = download->url, .asker = "the server"};
    HttpResponse response;
    if (!fetch_web_get(&question, request->range, &response, download->arena, download->diags))
        return false;
    out->elsewhere = fetch_web_location(&response, download->arena);
    return out->elsewhere.len > 0 ||
           archive_refuse(download,
                          "its name is not that of an archive, and the page has no module "
                          "address. For an archive, add \"?archive=zip\" or another type; for a "
                          "git repository, prefix \"git::\".");
}

static bool archive_fetch(const SourceRequest *request, SourceFound *out, Arena *arena,
                          Diags *diags) {
    Download download = {
        .request = request,
        .shown = url_redact(request->package, arena),
        .arena = arena,
        .diags = diags,
    };
    if (!archive_read_address(&download))
        return false;
    return download.is_archive ? unpack_download(&download) : ask_page(&download, out);
}

const ModuleSource fetch_archive = {
    .name = "archive",
    .forms = "https://HOST/PATH.zip (tar.gz, tar.bz2, tar.xz, tar.zst), ?archive=zip, ?checksum=…",
    .claims = archive_claims,
    .fetch = archive_fetch,
};

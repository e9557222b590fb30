/* bundle: reads and writes the texts that describe a bundle. */
#include "bundle.h"

#include "digest.h"
#include "hex.h"
#include "record.h"
#include "str_quote.h"

#define FORMAT          1
#define HEX_DIGEST_SIZE ((size_t)64) /* of SHA-256 as hex text */
#define PATH_MAX_       ((size_t)255)

static const Str directories[] = {
    STR_CONST("bin"),
    STR_CONST("images"),
    STR_CONST("cni"),
    STR_CONST("manifests"),
};

static const Str architectures[] = {STR_CONST("amd64"), STR_CONST("arm64")};

typedef struct Decoding {
    Bundle *out;
    Map sums; /* path → Str, the digest */
    Str *problem;
    Arena *arena;
} Decoding;

static bool PRINTF_LIKE(2, 3) bundle_fail(Decoding *decoding, const char *format, ...) {
    va_list args;
    va_start(args, format);
    *decoding->problem = str_vformat(decoding->arena, format, args);
    va_end(args);
    return false;
}

bool bundle_read_digest(Str text, Str *out, Arena *arena) {
    Str bytes;
    Str hex = str_starts_with(text, STR("sha256:")) ? str_after(text, 7) : text;
    if (!hex_decode(hex, &bytes, arena) || hex.len != HEX_DIGEST_SIZE)
        return false;
    *out = hex_encode(bytes, arena);
    return true;
}

bool bundle_read_sum(Str line, Str *digest, Str *name, Arena *arena) {
    Str text = str_slice(line, 0, HEX_DIGEST_SIZE);
    *name = str_after(line, HEX_DIGEST_SIZE + 2);
    return bundle_read_digest(text, digest, arena) && str_equal(text, *digest) &&
           str_equal(str_slice(line, HEX_DIGEST_SIZE, HEX_DIGEST_SIZE + 2), STR("  "));
}

bool bundle_path_is_valid(Str path) {
    Str rest = path, part;
    size_t count = 0;
    if (path.len > PATH_MAX_ || str_ends_with(path, STR("/")))
        return false;
    while (str_next_field(&rest, '/', &part)) {
        if (!part.len || str_equal(part, STR(".")) || str_equal(part, STR("..")) ||
            !str_has_only(part, "._+@~-"))
            return false;
        if (count++ == 0 && !str_is_among(part, directories, ARRAY_COUNT(directories)))
            return false;
    }
    return count >= 2;
}

uint32_t bundle_mode(Str path) {
    return str_starts_with(path, STR("bin/")) || str_starts_with(path, STR("cni/")) ? 0755 : 0644;
}

/* Reads "HEX  path" a line. */
static bool decode_sums(Decoding *decoding, Str text) {
    Str line, rest = text;
    while (str_next_field(&rest, '\n', &line)) {
        if (!line.len && !rest.len)
            break;
        Str digest, path;
        if (!bundle_read_sum(line, &digest, &path, decoding->arena))
            return bundle_fail(decoding,
                               "a line of its " BUNDLE_SUMS " is not a digest and a path");
        if (!str_equal(path, STR(BUNDLE_MANIFEST)) && !bundle_path_is_valid(path))
            return bundle_fail(decoding, "its " BUNDLE_SUMS " has the invalid path %.*s",
                               STR_ARG(str_quote(str_slice(path, 0, PATH_MAX_), decoding->arena)));
        if (map_has(&decoding->sums, path))
            return bundle_fail(decoding, "its " BUNDLE_SUMS " has \"%.*s\" twice", STR_ARG(path));
        if (decoding->sums.count > BUNDLE_FILES_MAX)
            return bundle_fail(decoding, "it has more than %zu files", BUNDLE_FILES_MAX);
        Str *kept = arena_new(decoding->arena, Str);
        *kept = digest;
        map_put(decoding->arena, &decoding->sums, path, kept);
    }
    return true;
}

static bool bundle_check_pin(Decoding *decoding, const BundleHead *head, const BundlePin *pin) {
    Str why;
    if (pin->digest.len && !str_equal(pin->digest, decoding->out->digest))
        return bundle_fail(decoding,
                           "the digest of its " BUNDLE_SUMS " is sha256:%.*s, not sha256:%.*s",
                           STR_ARG(decoding->out->digest), STR_ARG(pin->digest));
    if (!pin->key)
        return true;
    if (!head->signature.len)
        return bundle_fail(decoding, "it has no signature (" BUNDLE_SIGNATURE ")");
    return minisign_verify(pin->key, head->sums, head->signature, &decoding->out->signature_comment,
                           &why, decoding->arena) ||
           bundle_fail(decoding, BUNDLE_SIGNATURE ": %.*s", STR_ARG(why));
}

/* Members of bundle.json. The errors follow "its bundle.json has". */

#define ROW_STRING(T, name, member)                                                                \
    ROW_TEXT(T, name, member, .error = "a value that is not a string")

static const RecordRow file_rows[] = {
    ROW_STRING(BundleFile, "path", path),
    ROW_STRING(BundleFile, "name", name),
    ROW_STRING(BundleFile, "version", version),
    ROW_UINT64(BundleFile, "size", size, .limit = BUNDLE_FILE_SIZE_MAX, .error = "an invalid size"),
    ROW_STRING(BundleFile, "sha256", sha256),
    ROW_TEXTS(BundleFile, "images", images, .flags = ROW_OPTIONAL,
              .error = "an image that is not a string"),
};
static const Record file_record = RECORD(BundleFile, file_rows);

static const RecordRow bundle_rows[] = {
    ROW_WHOLE(Bundle, "format", record_constant, .limit = FORMAT),
    ROW_STRING(Bundle, "kubernetes_version", kubernetes_version),
    ROW_STRING(Bundle, "architecture", architecture),
    ROW_LIST(Bundle, "files", files, BundleFile, file_record),
};
static const Record bundle_record = RECORD(Bundle, bundle_rows);

/* Reads the value of the newest key. Unknown members are errors: they could change the meaning of
 * others. */
static bool bundle_read_value(Decoding *decoding, JsonReader *reader, const Record *record,
                              void *out) {
    size_t at = 0;
    RecordReader reading = {.reader = reader, .arena = decoding->arena};
    const RecordRow *row = record_find(record, reader->text, &at);
    if (!row)
        return bundle_fail(decoding, "its " BUNDLE_MANIFEST " has the unknown member %.*s%s",
                           STR_ARG(str_quote(str_slice(reader->text, 0, 80), decoding->arena)),
                           record == &file_record ? " of a file" : "");
    JsonToken token = json_next(reader);
    if (row->codec == &record_texts && token != JSON_ARRAY_START)
        return bundle_fail(decoding, "its " BUNDLE_MANIFEST " has images that are not a list");
    return record_read_member(&reading, row, token, out) ||
           bundle_fail(decoding, "its " BUNDLE_MANIFEST " has %s", row->error);
}

static bool bundle_add_file(Decoding *decoding, const BundleFile *file) {
    Bundle *out = decoding->out;
    const Str *digest = map_find(&decoding->sums, file->path);
    if (!bundle_path_is_valid(file->path))
        return bundle_fail(
            decoding, "its " BUNDLE_MANIFEST " has the invalid path %.*s",
            STR_ARG(str_quote(str_slice(file->path, 0, PATH_MAX_), decoding->arena)));
    if (!digest)
        return bundle_fail(decoding, "its " BUNDLE_SUMS " has no digest of \"%.*s\"",
                           STR_ARG(file->path));
    if (!str_equal(*digest, file->sha256))
        return bundle_fail(decoding,
                           "its " BUNDLE_SUMS " and its " BUNDLE_MANIFEST
                           " have different digests of \"%.*s\"",
                           STR_ARG(file->path));
    if (out->files.count && str_compare(vec_last(&out->files).path, file->path) >= 0)
        return bundle_fail(decoding, "the files of its " BUNDLE_MANIFEST " are not sorted by path");
    vec_push(decoding->arena, &out->files, *file);
    return true;
}

static bool bundle_read_files(Decoding *decoding, JsonReader *reader) {
    JsonToken token = json_next(reader);
    if (token != JSON_ARRAY_START)
        return bundle_fail(decoding, "the files of its " BUNDLE_MANIFEST " are not a list");
    while ((token = json_next(reader)) == JSON_OBJECT_START) {
        BundleFile file = {.path = STR_EMPTY};
        while ((token = json_next(reader)) == JSON_KEY) {
            if (!bundle_read_value(decoding, reader, &file_record, &file))
                return false;
        }
        if (token != JSON_OBJECT_END)
            return bundle_fail(decoding, "its " BUNDLE_MANIFEST " is not JSON");
        if (!bundle_add_file(decoding, &file))
            return false;
    }
    return token == JSON_ARRAY_END ||
           bundle_fail(decoding, "the files of its " BUNDLE_MANIFEST " are not objects");
}

static bool bundle_read_format(Decoding *decoding, JsonReader *reader) {
    uint64_t format;
    if (json_next(reader) != JSON_NUMBER || !str_to_uint64(reader->text, &format))
        return bundle_fail(decoding, "the format of its " BUNDLE_MANIFEST " is not a number");
    return format == FORMAT ||
           bundle_fail(decoding, "it has the format %llu; this version of loam reads format %d",
                       (unsigned long long)format, FORMAT);
}

static bool bundle_read_member(Decoding *decoding, JsonReader *reader) {
    if (str_equal(reader->text, STR("format")))
        return bundle_read_format(decoding, reader);
    if (str_equal(reader->text, STR("files")))
        return bundle_read_files(decoding, reader);
    return bundle_read_value(decoding, reader, &bundle_record, decoding->out);
}

static bool decode_manifest(Decoding *decoding, Str text) {
    SCOPED(ArenaRef) scratch = arena_open("bundle");
    JsonReader reader = json_reader_new(text, scratch);
    JsonToken token = json_next(&reader);
    bool is_first = true;
    if (token != JSON_OBJECT_START)
        return bundle_fail(decoding, "its " BUNDLE_MANIFEST " is not a JSON object");
    while ((token = json_next(&reader)) == JSON_KEY) {
        if (is_first && !str_equal(reader.text, STR("format")))
            return bundle_fail(decoding, "its " BUNDLE_MANIFEST " does not begin with the format");
        is_first = false;
        if (!bundle_read_member(decoding, &reader))
            return false;
    }
    if (token != JSON_OBJECT_END || json_next(&reader) != JSON_END)
        return bundle_fail(decoding, "its " BUNDLE_MANIFEST " is not JSON");
    return true;
}

static bool bundle_check_whole(Decoding *decoding) {
    Bundle *out = decoding->out;
    if (!out->kubernetes_version.len)
        return bundle_fail(decoding, "its " BUNDLE_MANIFEST " has no kubernetes_version");
    if (!str_is_among(out->architecture, architectures, ARRAY_COUNT(architectures)))
        return bundle_fail(
            decoding, "its architecture is %.*s, which is not supported",
            STR_ARG(str_quote(str_slice(out->architecture, 0, 80), decoding->arena)));
    vec_each(&out->files, file) {
        map_put(decoding->arena, &out->by_path, file->path, file);
    }
    map_each(&decoding->sums, sum) {
        if (!str_equal(sum->key, STR(BUNDLE_MANIFEST)) && !map_has(&out->by_path, sum->key))
            return bundle_fail(decoding, "its " BUNDLE_MANIFEST " does not have \"%.*s\"",
                               STR_ARG(sum->key));
    }
    return true;
}

bool bundle_decode(const BundleHead *head, const BundlePin *pin, Bundle *out, Str *problem,
                   Arena *arena) {
    *out = (Bundle){.digest = digest_hex(DIGEST_SHA256, head->sums, arena)};
    Decoding decoding = {.out = out, .problem = problem, .arena = arena};
    if (!bundle_check_pin(&decoding, head, pin) || !decode_sums(&decoding, head->sums))
        return false;
    const Str *digest = map_find(&decoding.sums, STR(BUNDLE_MANIFEST));
    if (!digest || !str_equal(*digest, digest_hex(DIGEST_SHA256, head->manifest, arena)))
        return bundle_fail(&decoding, "the digest of its " BUNDLE_MANIFEST " is wrong");
    return decode_manifest(&decoding, head->manifest) && bundle_check_whole(&decoding);
}

static int bundle_compare_files(const void *a, const void *b) {
    return str_compare(((const BundleFile *)a)->path, ((const BundleFile *)b)->path);
}

BundleHead bundle_encode(Bundle *bundle, Arena *arena) {
    BundleHead head = {.signature = STR_EMPTY};
    StrBuf sums = strbuf_new(arena);
    if (bundle->files.count)
        qsort(bundle->files.items, bundle->files.count, sizeof(BundleFile), bundle_compare_files);
    head.manifest = str_concat(record_to_json(&bundle_record, bundle, 2, arena), STR("\n"), arena);
    strbuf_add_format(&sums, "%.*s  " BUNDLE_MANIFEST "\n",
                      STR_ARG(digest_hex(DIGEST_SHA256, head.manifest, arena)));
    vec_each(&bundle->files, file) {
        strbuf_add_format(&sums, "%.*s  %.*s\n", STR_ARG(file->sha256), STR_ARG(file->path));
    }
    head.sums = strbuf_str(&sums);
    return head;
}

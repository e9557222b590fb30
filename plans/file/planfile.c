/* planfile: the archive and its manifest of digests. Entries are named by their role. The manifest
 * has the paths of configuration files, so that no name in the archive is used as a path. */
#include "planfile.h"
#include "archives.h"
#include "digest.h"
#include "plan_json.h"

#include <errno.h>

#define MANIFEST_FORMAT   1
#define ENTRY_PLAN        "plan.json"
#define ENTRY_PRIOR       "prior-state.json"
#define ENTRY_PREVIOUS    "previous-state.json"
#define ENTRY_MANIFEST    "manifest.json"
#define CONTENT_BYTES_MAX ((size_t)1 << 30)
#define DEFLATE_RATIO_MAX 1032

typedef struct Entry {
    Str name;
    Str path; /* of a configuration file */
    Str bytes;
    Str digest; /* hexadecimal, from the manifest */
} Entry;

typedef VEC(Entry) Entries;

typedef struct Manifest {
    Entries entries;
} Manifest;

static const RecordRow entry_rows[] = {
    ROW_TEXT(Entry, "name", name),
    ROW_TEXT(Entry, "path", path, .flags = ROW_OPTIONAL),
    ROW_TEXT(Entry, "sha256", digest),
};

static const Record entry_record = RECORD(Entry, entry_rows);

static const RecordRow manifest_rows[] = {
    ROW_WHOLE(Manifest, "format", record_constant, .limit = MANIFEST_FORMAT),
    ROW_LIST(Manifest, "entries", entries, Entry, entry_record),
};

static const Record manifest_record = RECORD(Manifest, manifest_rows);

static int planfile_receive(void *payload, Str bytes) {
    strbuf_add(payload, bytes);
    return 0;
}

static bool zip(const Archives *archives, const Entries *entries, int64_t time_s, StrBuf *out,
                Arena *scratch) {
    ArchiveOutput output = {.forms = ARCHIVES_ZIP, .write = planfile_receive, .payload = out};
    ArchiveWriter *writer = archives->create(&output, scratch);
    bool ok = true;
    vec_each(entries, entry) {
        ArchiveMember member = {
            .path = entry->name, .mode = 0600, .time_s = time_s, .size = (int64_t)entry->bytes.len};
        ok = ok && archives->start(writer, &member) && archives->add(writer, entry->bytes);
    }
    Str fault;
    return archives->finish(writer, &fault, scratch) && ok;
}

/* Reads the content of the member. `said`: its length according to the archive, which may be
 * false. */
static bool unzip_content(const Archives *archives, ArchiveReader *reader, size_t said,
                          size_t *left, Str *out, Arena *arena) {
    StrBuf content = strbuf_new(arena);
    char block[16384];
    strbuf_reserve(&content, said);
    for (;;) {
        int64_t got = archives->read(reader, block, sizeof(block));
        if (got == 0)
            break;
        if (got < 0 || (size_t)got > *left)
            return false;
        *left -= (size_t)got;
        strbuf_add(&content, (Str){block, (size_t)got});
    }
    *out = strbuf_str(&content);
    return true;
}

static bool unzip_all(const Archives *archives, ArchiveReader *reader, size_t packed, Entries *out,
                      Arena *arena) {
    size_t left = CONTENT_BYTES_MAX;
    ArchiveMember member;
    ArchiveStep step;
    while ((step = archives->next(reader, &member, arena)) == ARCHIVES_MEMBER) {
        Entry entry = {.name = member.path};
        bool is_likely = member.size > 0 && (uint64_t)member.size / DEFLATE_RATIO_MAX <= packed;
        if (!unzip_content(archives, reader, is_likely ? (size_t)member.size : 0, &left,
                           &entry.bytes, arena))
            return false;
        vec_push(arena, out, entry);
    }
    return step == ARCHIVES_END;
}

static bool unzip(const Archives *archives, Str bytes, Entries *out, Arena *arena) {
    ArchiveReader *reader =
        archives->open(&(ArchiveInput){.forms = ARCHIVES_ZIP, .bytes = bytes}, arena);
    bool ok = unzip_all(archives, reader, bytes.len, out, arena);
    archives->close(reader);
    return ok;
}

static Entry *planfile_find_entry(Entries *entries, Str name) {
    vec_each(entries, entry) {
        if (str_equal(entry->name, name))
            return entry;
    }
    return NULL;
}

static void planfile_add_entry(Entries *entries, const char *name, Str bytes, Arena *arena) {
    vec_push(arena, entries, (Entry){.name = str_from_cstr(name), .bytes = bytes});
}

static void planfile_collect(const Plan *plan, const PlanFileSources *configuration, Entries *out,
                             Arena *arena) {
    planfile_add_entry(out, ENTRY_PLAN, plan_json_encode(plan, arena), arena);
    planfile_add_entry(out, ENTRY_PRIOR, plan->prior_state, arena);
    planfile_add_entry(out, ENTRY_PREVIOUS, plan->previous_state, arena);
    size_t number = 0;
    vec_each(configuration, source) {
        Str name = str_format(arena, "configuration/%zu-%.*s", ++number,
                              STR_ARG(disk_name_of(source->path)));
        vec_push(arena, out, (Entry){.name = name, .path = source->path, .bytes = source->bytes});
    }
    vec_each(out, entry) {
        entry->digest = digest_hex(DIGEST_SHA256, entry->bytes, arena);
    }
    Str manifest = record_to_json(&manifest_record, &(Manifest){*out}, 2, arena);
    planfile_add_entry(out, ENTRY_MANIFEST, str_concat(manifest, STR("\n"), arena), arena);
}

Str planfile_digest(Str bytes, Arena *arena) {
    return str_concat(STR("sha256:"), digest_hex(DIGEST_SHA256, bytes, arena), arena);
}

bool planfile_pack(const PlanFilePlace *place, Plan *plan, const PlanFileSources *configuration,
                   Str *out, Arena *arena, Diags *diags) {
    Str path = place->path;
    Entries entries = {0};
    StrBuf bytes = strbuf_new(arena);
    planfile_collect(plan, configuration, &entries, arena);
    Str problem;
    const Archives *archives = archives_load(&problem, arena);
    if (!archives)
        return diags_fail(diags, NO_RANGE, "Failed to write the plan file", "\"%.*s\": %.*s.",
                          STR_ARG(path), STR_ARG(problem));
    if (!zip(archives, &entries, plan->created_ms / 1000, &bytes, arena))
        return diags_fail(diags, NO_RANGE, "Failed to write the plan file",
                          "The plan could not be compressed for \"%.*s\".", STR_ARG(path));
    if (!cipher_seal(place->cipher, (EnvelopeHead){0}, strbuf_str(&bytes), out, arena, diags))
        return false;
    plan->digest = planfile_digest(*out, arena);
    return true;
}

bool planfile_write(const PlanFilePlace *place, Plan *plan, const PlanFileSources *configuration,
                    Arena *scratch, Diags *diags) {
    Str path = place->path, bytes;
    if (!planfile_pack(place, plan, configuration, &bytes, scratch, diags))
        return false;
    const Disk *disk = place->io->disk;
    int status = disk->write_file(disk->self, path, bytes, 0600);
    if (status < 0)
        return diags_fail(diags, NO_RANGE, "Failed to write the plan file",
                          "\"%.*s\" cannot be written: %s. To use another file, set -out.",
                          STR_ARG(path), strerror(-status));
    return true;
}

static bool is_zip(Str bytes) {
    return str_starts_with(bytes, (Str){"PK\x03\x04", 4});
}

bool planfile_is_planfile(Str bytes) {
    SCOPED(ArenaRef) scratch = arena_open("plan file");
    return is_zip(bytes) ||
           (envelope_is_sealed(bytes) && !envelope_read_head(bytes, scratch).is_given);
}

static bool planfile_report(Str path, const char *why, Diags *diags) {
    return diags_fail(
        diags, NO_RANGE, "Not a plan file",
        "\"%.*s\" cannot be used as a plan: %s. To save a plan, run \"loam plan -out=FILE\".",
        STR_ARG(path), why);
}

static bool planfile_read_manifest(Str bytes, Entries *out, Arena *arena) {
    Manifest manifest = {0};
    const char *error;
    bool ok = record_from_json(bytes, &manifest_record, &manifest, &error, arena);
    *out = manifest.entries;
    return ok && out->count > 0;
}

/* Returns true if the archive has exactly the listed entries, each with its digest. */
static bool check_digests(Entries *listed, Entries *entries, Arena *arena) {
    if (entries->count != listed->count + 1)
        return false;
    vec_each(listed, entry) {
        const Entry *packed = planfile_find_entry(entries, entry->name);
        if (!packed || !str_equal(digest_hex(DIGEST_SHA256, packed->bytes, arena), entry->digest))
            return false;
        entry->bytes = packed->bytes;
    }
    return true;
}

static Str entry_bytes(Entries *entries, const char *name) {
    const Entry *entry = planfile_find_entry(entries, str_from_cstr(name));
    return entry ? entry->bytes : STR_EMPTY;
}

static bool unpack(Str path, Str bytes, Entries *listed, Arena *arena, Diags *diags) {
    Entries entries = {0};
    if (!is_zip(bytes))
        return planfile_report(path, "it is not a zip archive", diags);
    Str problem;
    const Archives *archives = archives_load(&problem, arena);
    if (!archives)
        return diags_fail(diags, NO_RANGE, "Failed to read the plan file", "\"%.*s\": %.*s.",
                          STR_ARG(path), STR_ARG(problem));
    if (!unzip(archives, bytes, &entries, arena))
        return planfile_report(path, "the archive is damaged", diags);
    const Entry *manifest = planfile_find_entry(&entries, STR(ENTRY_MANIFEST));
    if (!manifest)
        return planfile_report(path, "loam did not create the archive", diags);
    if (!planfile_read_manifest(manifest->bytes, listed, arena))
        return planfile_report(path, "its manifest is damaged", diags);
    if (!check_digests(listed, &entries, arena))
        return planfile_report(path, "its content was changed after it was written", diags);
    return true;
}

static bool check_expected(const PlanFilePlace *place, Str digest, Diags *diags) {
    if (place->expected.len == 0 || str_equal(place->expected, digest))
        return true;
    return diags_fail(diags_as(DIAG_MISMATCH, diags), NO_RANGE,
                      "Saved plan is not the expected one",
                      "\"%.*s\" has the digest %.*s, but -expect requires %.*s. The plan was "
                      "replaced or changed after its review, so it was not read. Review the "
                      "present plan, and apply it with its own digest.",
                      STR_ARG(place->path), STR_ARG(digest), STR_ARG(place->expected));
}

bool planfile_unpack(const PlanFilePlace *place, Str bytes, Plan **out,
                     PlanFileSources *configuration, Arena *arena, Diags *diags) {
    Str path = place->path, digest = planfile_digest(bytes, arena);
    Entries entries = {0};
    StoredText stored = {str_format(arena, "The plan \"%.*s\"", STR_ARG(path)), bytes};
    if (!check_expected(place, digest, diags) ||
        !cipher_open(place->cipher, &stored, &bytes, arena, diags) ||
        !unpack(path, bytes, &entries, arena, diags))
        return false;
    Plan *plan;
    const char *error;
    if (!plan_json_decode(entry_bytes(&entries, ENTRY_PLAN), &plan, &error, arena))
        return planfile_report(path, error, diags);
    plan->digest = digest;
    plan->prior_state = entry_bytes(&entries, ENTRY_PRIOR);
    plan->previous_state = entry_bytes(&entries, ENTRY_PREVIOUS);
    vec_each(&entries, entry) {
        if (entry->path.len)
            vec_push(arena, configuration, (PlanFileSource){entry->path, entry->bytes});
    }
    *out = plan;
    return true;
}

bool planfile_read(const PlanFilePlace *place, Plan **out, PlanFileSources *configuration,
                   Arena *arena, Diags *diags) {
    Str bytes;
    const Disk *disk = place->io->disk;
    int status = disk->read_file(disk->self, place->path, &bytes, arena);
    if (status < 0)
        return diags_fail(diags, NO_RANGE, "Failed to read the plan file",
                          "\"%.*s\": %s. To save a plan, run \"loam plan -out=FILE\".",
                          STR_ARG(place->path), strerror(-status));
    return planfile_unpack(place, bytes, out, configuration, arena, diags);
}

/* ssh_file: a file of given content on a machine.
 *
 * The file is written beside its path and renamed, so it is never incomplete. Content, mode and
 * owner are updated in place; another path or machine replaces the object. If the machine is
 * reachable, the next plan shows drift.
 *
 * Neither write-only content nor its digest is stored: the content is sent when its version
 * changes, and with any other change of the file. */
#include "base64.h"
#include "digest.h"
#include "object_builder.h"
#include "path_error.h"
#include "ssh_provider.h"
#include "ssh_provider_assets.h"
#include "ssh_upload.h"
#include "timeouts.h"
#include "utf8.h"

#define SHOWN_MAX ((size_t)1 << 20)

static Str file_check_path(Value value, Arena *arena) {
    Str path = value_text(value);
    bool is_good = str_starts_with(path, STR("/")) && !str_ends_with(path, STR("/"));
    if (is_good && str_find_char(path, '\n', 0) == SIZE_MAX)
        return STR_EMPTY;
    return str_format(arena, "\"%.*s\" is not an absolute path of a file.", STR_ARG(path));
}

static Str file_check_mode(Value value, Arena *arena) {
    uint32_t mode;
    Str text = value_text(value);
    if (text.len >= 3 && text.len <= 4 && str_octal_to_uint32(text, &mode))
        return STR_EMPTY;
    return str_format(
        arena, "\"%.*s\" is not a valid mode. Use three or four octal digits, such as \"0644\".",
        STR_ARG(text));
}

static Str file_check_owner(Value value, Arena *arena) {
    Str text = value_text(value);
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (isalnum(c) || (i > 0 && c == '-') || c == '_' || c == '.' || c == ':')
            continue;
        return str_format(arena, "\"%.*s\" is not a valid owner such as \"root:root\".",
                          STR_ARG(text));
    }
    return text.len ? STR_EMPTY : str_format(arena, "The owner must not be empty.");
}

/* clang-format off */
static const Attribute file_attributes[] = {
    SSH_CLIENT_ATTRIBUTES(FORCES_NEW),
    {"path",              &TYPE_STRING, REQUIRED | FORCES_NEW, "Absolute path on the machine; missing directories are created.", .check = file_check_path},
    {"content",           &TYPE_STRING, OPTIONAL | ANY_TEXT,              "Content of the file, as text."},
    {"sensitive_content", &TYPE_STRING, OPTIONAL | SENSITIVE | ANY_TEXT,  "Content that is never shown."},
    {"content_base64",    &TYPE_STRING, OPTIONAL,              "Content of the file, as base64."},
    {"content_wo",        &TYPE_STRING, OPTIONAL | WRITE_ONLY | ANY_TEXT, "Content that is not stored in plan or state. Exactly one of the five contents is required."},
    {"source",            &TYPE_STRING, OPTIONAL,              "Path of a local file to upload. It may be large: it is streamed, and an interrupted upload is continued."},
    {"content_wo_version", &TYPE_NUMBER, OPTIONAL,             "Version of content_wo: a change uploads it again."},
    {"mode",              &TYPE_STRING, OPTIONAL | COMPUTED,   "Permissions in octal.", .default_json = "\"0644\"", .check = file_check_mode},
    {"owner",             &TYPE_STRING, OPTIONAL,              "user, user:group or :group, by name or number (default: the login user).", .check = file_check_owner},
    {"sha256",            &TYPE_STRING, COMPUTED | CHANGES_ON_UPDATE, "SHA-256 of the content, in hex; null for content_wo."},
    {"id",                &TYPE_STRING, COMPUTED,              "Machine, port and path."},
};
/* clang-format on */

static const ArgumentRule file_rules[] = {
    {RULE_EXACTLY_ONE, {"content", "sensitive_content", "content_base64", "content_wo", "source"}},
};

static const char *const contents[] = {"content", "sensitive_content", "content_base64",
                                       "content_wo", "source"};

/* Returns the name of the content attribute that is set in a configuration or object. NULL if none:
 * write-only content is never in an object. */
static const char *content_name(Value object) {
    for (size_t i = 0; i < ARRAY_COUNT(contents); i++) {
        if (!value_is_null(object_attribute(object, contents[i])))
            return contents[i];
    }
    return NULL;
}

/* The content of the file: bytes, or a local file. */
typedef struct FileContent {
    Str bytes;
    Str source; /* path; empty: `bytes` */
    Str sha256;
} FileContent;

static bool content_read(const Call *call, Value object, FileContent *out, Diags *diags) {
    const char *name = content_name(object);
    uint64_t length;
    Str text = name ? object_text(object, name, STR_EMPTY) : STR_EMPTY;
    *out = (FileContent){.bytes = text};
    if (name && strcmp(name, "source") == 0) {
        *out = (FileContent){.source = text};
        return ssh_upload_measure(call, text, &length, &out->sha256, diags);
    }
    if (name && strcmp(name, "content_base64") == 0 &&
        !base64_decode(text, &out->bytes, call->arena))
        return path_error(call, PATH_AT(call, {"content_base64"}), diags, "Invalid base64",
                          "The value of \"content_base64\" must be base64 in the standard alphabet "
                          "with padding, as base64encode() produces it.");
    out->sha256 = digest_hex(DIGEST_SHA256, out->bytes, call->arena);
    return true;
}

/* Sets the digest of known content, so that the plan shows it. */
static bool file_plan(const Call *call, const PlanRequest *request, PlanResponse *response,
                      Diags *diags) {
    ObjectBuilder builder = object_builder_of(response->planned, call->arena);
    const char *name = content_name(request->proposed);
    FileContent content;
    bool responds;
    if (!ssh_client_greet(call, request, &responds, diags))
        return false;
    if (!name)
        object_builder_set(&builder, "sha256", value_null(&TYPE_STRING));
    if (name && value_is_known(object_attribute(request->proposed, name))) {
        if (!content_read(call, request->proposed, &content, diags))
            return false;
        object_builder_set(&builder, "sha256", value_from_str(content.sha256));
    }
    response->planned = object_builder_value(&builder);
    return true;
}

static bool file_marker(const Call *, const MarkerRequest *request, MarkerResponse *response,
                        Diags *) {
    Value planned = request->planned;
    response->marker = object_text(planned, "path", STR_EMPTY);
    return true;
}

static bool file_write_file(SshLink *link, Value object, const FileContent *content, Diags *diags) {
    const SshUpload upload = {
        .path = object_text(object, "path", STR_EMPTY),
        .bytes = content->bytes,
        .source_path = content->source,
        .sha256 = content->sha256,
        .mode = object_text(object, "mode", STR("0644")),
        .owner = object_text(object, "owner", STR_EMPTY),
    };
    return ssh_upload_write(link, &upload, diags);
}

/* Returns the object with its computed attributes. `sha256` empty: the content is write-only. */
static Value file_described(const SshLink *link, Value object, Str sha256) {
    Arena *arena = link->call->arena;
    ObjectBuilder builder = object_builder_of(object, arena);
    Str path = object_text(object, "path", STR_EMPTY);
    Str endpoint = ssh_endpoint(link->target.host, link->target.port, arena);
    Str id = str_format(arena, "%.*s:%.*s", STR_ARG(endpoint), STR_ARG(path));
    object_builder_set(&builder, "sha256",
                       sha256.len > 0 ? value_from_str(sha256) : value_null(&TYPE_STRING));
    object_builder_set_text(&builder, "id", id, arena);
    return object_builder_value(&builder);
}

/* Rejects a source that has changed since the plan, which showed its digest. */
static bool file_check_source(const Call *call, Value planned, const FileContent *content,
                              Diags *diags) {
    Value sha256 = object_attribute(planned, "sha256");
    if (content->source.len == 0 || !value_is_present(sha256) ||
        str_equal(value_text(sha256), content->sha256))
        return true;
    return path_error(call, PATH_AT(call, {"source"}), diags, "Source has changed",
                      "The content of \"%.*s\" has changed since the plan was made. Plan again.",
                      STR_ARG(content->source));
}

/* Returns whether only connection arguments change, not the file. */
static bool is_same_file(const ApplyRequest *request) {
    static const char *const parts[] = {"sha256", "mode", "owner", "content_wo_version"};
    if (value_is_null(request->prior))
        return false;
    for (size_t i = 0; i < ARRAY_COUNT(parts); i++) {
        Value before = object_attribute(request->prior, parts[i]);
        if (!value_equal(before, object_attribute(request->planned, parts[i])))
            return false;
    }
    return true;
}

/* For create and update: writes the file again if it changed. */
static bool ssh_file_apply(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                           Diags *diags) {
    SCOPED(SshLink) link = {0};
    FileContent content;
    bool is_kept = content_name(request->planned) != NULL;
    if (!content_read(call, is_kept ? request->planned : request->config, &content, diags) ||
        !file_check_source(call, request->planned, &content, diags) ||
        !ssh_client_link(call, request->planned, &link, diags))
        return false;
    if (!is_same_file(request) && !file_write_file(&link, request->planned, &content, diags)) {
        response->in_doubt = link.may_have_run && value_is_null(request->prior);
        return false;
    }
    response->state = file_described(&link, request->planned, is_kept ? content.sha256 : STR_EMPTY);
    return true;
}

static bool file_delete(const Call *call, const DeleteRequest *request, DeleteResponse *,
                        Diags *diags) {
    SCOPED(SshLink) link = {0};
    if (!ssh_client_link(call, request->prior, &link, diags))
        return false;
    return ssh_client_is_lost(&link, diags) ||
           ssh_upload_remove(&link, object_text(request->prior, "path", STR_EMPTY), diags);
}

typedef struct FileFacts {
    bool is_there;
    Str sha256;
    uint32_t mode;
    Str owner[4]; /* user, group, and their numeric IDs */
    Str content;  /* set if it differs from the expected content and is not too long */
    bool is_whole;
} FileFacts;

static bool file_parse_facts(Str text, FileFacts *out) {
    static const Str head = STR_CONST("loam-file ");
    size_t at = str_find(text, head, 0);
    if (at == SIZE_MAX)
        return false;
    Str rest = str_after(text, at + head.len), line, field;
    int64_t size;
    *out = (FileFacts){0};
    if (!str_next_field(&rest, '\n', &line))
        return false;
    if (!str_next_field(&line, ' ', &field))
        return false;
    if (str_equal_cstr(field, "absent"))
        return true;
    if (!str_next_field(&line, ' ', &out->sha256))
        return false;
    if (!str_next_field(&line, ' ', &field) || !str_to_int64(field, &size))
        return false;
    if (!str_next_field(&line, ' ', &field) || !str_octal_to_uint32(field, &out->mode))
        return false;
    for (size_t i = 0; i < ARRAY_COUNT(out->owner); i++) {
        if (!str_next_field(&line, ' ', &out->owner[i]))
            return false;
    }
    out->is_there = true;
    out->content = rest;
    out->is_whole = size >= 0 && rest.len == (size_t)size;
    return true;
}

/* Reads the facts of the file and, if its digest is not `expected`, its content. `expected` is
 * empty if the content must not be shown, and then is not read. */
static SshStatus inspect(SshLink *link, Str path, Str expected, FileFacts *out, SshProblem *problem,
                         Diags *diags) {
    Arena *arena = link->call->arena;
    size_t most = expected.len > 0 ? SHOWN_MAX : 0;
    const Str arguments[] = {path, expected, str_format(arena, "%zu", most)};
    SshCommand command = {
        .command = ssh_client_script(ssh_file_inspect_sh, arguments, ARRAY_COUNT(arguments), arena),
        .timeout = ssh_client_timeout(link, CANCEL_STOP),
    };
    SshResult result = {0};
    SshStatus status = ssh_client_exec(link, &command, &result, problem);
    if (status != SSH_DONE)
        return status;
    if (result.exit_status != 0 || !file_parse_facts(result.out, out)) {
        ssh_upload_explain(link, "File not readable", path, &result, diags);
    }
    return status;
}

/* Returns whether "user", "user:group" or ":group" matches the found owner, by name or number. */
static bool is_owner(Str wanted, const Str owner[4]) {
    Str parts[2] = {wanted, STR_EMPTY};
    size_t colon = str_find_char(wanted, ':', 0);
    if (colon != SIZE_MAX) {
        parts[0] = str_slice(wanted, 0, colon);
        parts[1] = str_after(wanted, colon + 1);
    }
    for (size_t i = 0; i < 2; i++) {
        bool same = str_equal(parts[i], owner[i]) || str_equal(parts[i], owner[i + 2]);
        if (parts[i].len > 0 && !same)
            return false;
    }
    return true;
}

/* Returns the object with its drift; null if only a new file can correct the drift. */
static Value file_drifted(Value state, const FileFacts *found, Arena *arena) {
    ObjectBuilder builder = object_builder_of(state, arena);
    const char *name = content_name(state);
    if (name && !str_equal(found->sha256, object_text(state, "sha256", STR_EMPTY))) {
        if (!found->is_whole && strcmp(name, "source") != 0)
            return value_null(state.type);
        if (strcmp(name, "source") == 0) {
            /* The file named by `source` is on this computer: only the digest shows the drift. */
        } else if (strcmp(name, "content_base64") == 0) {
            object_builder_set(&builder, name,
                               value_from_str(base64_encode(found->content, arena)));
        } else if (utf8_valid_prefix(found->content) == found->content.len) {
            object_builder_set_text(&builder, name, found->content, arena);
        } else {
            return value_null(state.type);
        }
        object_builder_set_text(&builder, "sha256", found->sha256, arena);
    }
    uint32_t mode;
    if (!str_octal_to_uint32(object_text(state, "mode", STR_EMPTY), &mode) || mode != found->mode) {
        object_builder_set(&builder, "mode",
                           value_from_str(str_format(arena, "%04o", found->mode)));
    }
    Str owner = object_text(state, "owner", STR_EMPTY);
    if (owner.len > 0 && !is_owner(owner, found->owner)) {
        Str now =
            str_format(arena, "%.*s:%.*s", STR_ARG(found->owner[0]), STR_ARG(found->owner[1]));
        object_builder_set_text(&builder, "owner", now, arena);
    }
    return object_builder_value(&builder);
}

static bool ssh_file_read(const Call *call, const ReadRequest *request, ReadResponse *response,
                          Diags *diags) {
    Value *state = &response->state;
    SCOPED(SshLink) link = {0};
    Str path = object_text(*state, "path", STR_EMPTY);
    Str sha256 = object_text(*state, "sha256", STR_EMPTY);
    FileFacts found = {0};
    SshProblem problem = {0};
    size_t errors = diags->error_count;
    if (!ssh_client_link(call, *state, &link, diags))
        return false;
    ssh_client_limit_to_plan(&link);
    SshStatus status = inspect(&link, path, sha256, &found, &problem, diags);
    if (status != SSH_DONE && ssh_client_may_assume_unchanged(&link, request)) {
        /* The same plan may start the machine, or pin its new key. */
        Str why = ssh_client_describe_failure(&link, status, problem);
        diags_warning(diags, NO_RANGE, "File status unknown",
                      "%.*s loam assumes that \"%.*s\" did not change.", STR_ARG(why),
                      STR_ARG(path));
        return true;
    }
    if (status != SSH_DONE)
        ssh_client_report(&link, status, problem, diags);
    if (diags->error_count > errors)
        return false;
    *state = found.is_there ? file_drifted(*state, &found, call->arena) : value_null((*state).type);
    return true;
}

static bool file_recover(const Call *call, const RecoverRequest *request, RecoverResponse *response,
                         Diags *diags) {
    RecoverOutcome *outcome = &response->outcome;
    Value *state = &response->state;
    SCOPED(SshLink) link = {0};
    FileContent content;
    FileFacts found = {0};
    SshProblem problem = {0};
    size_t errors = diags->error_count;
    if (!content_name(request->planned))
        return true; /* write-only content cannot be compared, so it is sent again */
    if (!content_read(call, request->planned, &content, diags))
        return false;
    if (!ssh_client_link(call, request->planned, &link, diags))
        return false;
    ssh_client_limit_to_plan(&link);
    Str sha256 = content.sha256;
    SshStatus status = inspect(&link, request->marker, sha256, &found, &problem, diags);
    if (status != SSH_DONE)
        ssh_client_report(&link, status, problem, diags);
    if (diags->error_count > errors)
        return false;
    /* A file of other content is the one from before: the interrupted run did not write, because a
     * new file appears by a rename, complete or not at all. */
    if (!found.is_there || !str_equal(found.sha256, sha256))
        return true;
    *state = file_drifted(file_described(&link, request->planned, sha256), &found, call->arena);
    *outcome = RECOVER_COMPLETE;
    return true;
}

static const Block file_blocks[] = {TIMEOUTS_BLOCK};

const ResourceType ssh_file = {
    .name = "ssh_file",
    .schema = {SCHEMA_ATTRIBUTES(file_attributes), SCHEMA_BLOCKS(file_blocks),
               SCHEMA_RULES(file_rules),
               .description = "A file with the given content on a machine."},
    .plan = file_plan,
    .marker = file_marker,
    .create = ssh_file_apply,
    .update = ssh_file_apply,
    .delete = file_delete,
    .read = ssh_file_read,
    .recovery = RECOVERY_FINDS,
    .recover = file_recover,
    .limits = ssh_client_limits,
    .limits_reads = true,
};

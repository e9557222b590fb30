#include "tfe_client.h"

#include "cli_config_load.h"
#include "digest.h"
#include "host_access.h"
#include "http_send.h"
#include "url.h"

#define SERVICE     "tfe.v2"
#define CONTENT     "application/vnd.api+json"
#define RETRIES     3
#define TIMEOUT_MS  60000
#define STATE_LIMIT ((uint64_t)1 << 30)
#define MAX_PAGES   1000
#define NO_RESPONSE "the server did not respond: "

typedef struct TfeRequest {
    const char *method;
    Str url;
    Str body;    /* empty: none */
    bool is_raw; /* of a state, which may be at another host: no document, perhaps no token */
    bool is_once;
} TfeRequest;

bool tfe_client_open(const Io *io, TfeClient *client, Arena *arena, Diags *diags) {
    Str name = client->host.name, token = client->host.token;
    CliConfig *config = arena_new(arena, CliConfig);
    Str problem = STR_EMPTY;
    if (!cli_config_load(io, false, STR_EMPTY, config, arena, diags))
        return false;
    PackageSources sources = {.io = io, .config = config};
    PackageQuery query = {&sources, &problem, arena};
    client->host = host_access_open(&query, name);
    if (token.len > 0)
        client->host.token = token;
    if (client->host.token.len == 0)
        return diags_fail(diags, NO_RANGE, "Token required",
                          "There is no token for the host \"%.*s\". Run \"loam login %.*s\", or "
                          "set the variable TF_TOKEN_ followed by its name with _ for each dot.",
                          STR_ARG(name), STR_ARG(name));
    return host_access_discover(&query, &client->host, SERVICE) ||
           diags_fail(diags_as(DIAG_UNREACHABLE, diags), NO_RANGE, "Host not usable",
                      "The host \"%.*s\" of the backend serves no states: %.*s.", STR_ARG(name),
                      STR_ARG(problem));
}

static Str url_of(const TfeClient *client, Arena *arena, const char *format, ...) PRINTF_LIKE(3, 4);
static Str url_of(const TfeClient *client, Arena *arena, const char *format, ...) {
    va_list args;
    va_start(args, format);
    Str rest = str_vformat(arena, format, args);
    va_end(args);
    return str_concat(client->host.base, rest, arena);
}

/* The token is for the host of the service alone. */
static bool gets_token(const TfeClient *client, Str url) {
    Url base, target;
    return url_parse(client->host.base, &base) && url_parse(url, &target) &&
           str_equal(base.host, target.host) && str_equal(base.scheme, target.scheme);
}

/* Returns the first error of a document, or the empty text. */
static Str error_of(Str body, Arena *arena) {
    Value document, errors, title;
    Str text = STR_EMPTY;
    if (json_parse_object(body, &document, arena) &&
        value_find_tuple(document, STR("errors"), &errors) && errors.count > 0) {
        title = value_at(errors, 0);
        if (!value_find_text(title, STR("detail"), &text))
            (void)value_find_text(title, STR("title"), &text);
    }
    return text;
}

static TfeStatus status_of(const HttpResponse *response, Str *problem, Arena *arena) {
    Str text = error_of(response->body, arena);
    if (response->code >= 200 && response->code < 300)
        return TFE_DONE;
    *problem = str_format(arena, "the server responded with HTTP status %d%s%.*s", response->code,
                          text.len > 0 ? ": " : "", STR_ARG(text));
    if (response->code == 404)
        return TFE_ABSENT;
    return response->code == 409 || response->code == 422 ? TFE_CONFLICT : TFE_FAILED;
}

static TfeStatus tfe_client_send(const TfeClient *client, const TfeRequest *asked,
                                 HttpResponse *out, Str *problem, Arena *arena) {
    HttpRequest request = {
        .method = str_from_cstr(asked->method),
        .url = asked->url,
        .body = asked->body,
        .redirect_limit = asked->is_raw ? 0 : -1,
        .timeout_ms = TIMEOUT_MS,
        .body_limit = STATE_LIMIT,
        .retries = asked->is_once ? 0 : RETRIES,
        .cancel = client->cancel ? *client->cancel : NULL,
        .cancel_at = CANCEL_NOW,
    };
    Str failure = STR_EMPTY;
    *out = (HttpResponse){0};
    if (gets_token(client, asked->url))
        http_add_header(&request.headers, "authorization",
                        str_concat(STR("Bearer "), client->host.token, arena), arena);
    if (!asked->is_raw)
        http_add_header(&request.headers, "accept", STR(CONTENT), arena);
    if (asked->body.len > 0)
        http_add_header(&request.headers, "content-type", STR(CONTENT), arena);
    if (http_send(client->host.io, &request, out, &failure, arena) == HTTP_DONE)
        return status_of(out, problem, arena);
    *problem = str_concat(STR(NO_RESPONSE), url_scrub(failure, asked->url, arena), arena);
    return TFE_FAILED;
}

/* Sends a request whose response is a document with the member `data`. */
static TfeStatus ask(const TfeClient *client, const TfeRequest *request, Value *document,
                     Value *data, Str *problem, Arena *arena) {
    HttpResponse response;
    TfeStatus status = tfe_client_send(client, request, &response, problem, arena);
    if (status != TFE_DONE)
        return status;
    if (json_parse_object(response.body, document, arena) &&
        value_find_present(*document, STR("data"), data))
        return TFE_DONE;
    *problem = STR("the response of the server is not a document of its protocol");
    return TFE_FAILED;
}

static bool flag_of(Value attributes, const char *name, bool fallback) {
    Value value;
    bool found = value_find_present(attributes, str_from_cstr(name), &value) &&
                 value.type->kind == KIND_BOOL;
    return found ? value_is_true(value) : fallback;
}

static bool workspace_of(Value data, TfeWorkspace *out) {
    Value attributes;
    Str mode = STR_EMPTY;
    *out = (TfeWorkspace){0};
    if (!value_find_text(data, STR("id"), &out->id) ||
        !value_find_present(data, STR("attributes"), &attributes) ||
        !value_find_text(attributes, STR("name"), &out->name))
        return false;
    out->is_locked = flag_of(attributes, "locked", false);
    /* Old servers have only `operations`. */
    out->runs_remotely = value_find_text(attributes, STR("execution-mode"), &mode)
                             ? !str_equal(mode, STR("local"))
                             : flag_of(attributes, "operations", false);
    return true;
}

TfeStatus tfe_client_workspace(const TfeClient *client, Str name, TfeWorkspace *out, Str *problem,
                               Arena *arena) {
    Value document, data;
    TfeRequest request = {"GET", url_of(client, arena, "organizations/%.*s/workspaces/%.*s",
                                        STR_ARG(url_encode(client->organization, false, arena)),
                                        STR_ARG(url_encode(name, false, arena)))};
    TfeStatus status = ask(client, &request, &document, &data, problem, arena);
    if (status != TFE_DONE || workspace_of(data, out))
        return status;
    *problem = STR("the server describes the workspace incompletely");
    return TFE_FAILED;
}

static void begin_data(JsonWriter *writer, StrBuf *out, const char *type) {
    json_writer_init(writer, out, 0);
    json_object_start(writer);
    json_key_object(writer, "data");
    json_key_string(writer, "type", str_from_cstr(type));
    json_key_object(writer, "attributes");
}

static void end_data(JsonWriter *writer) {
    json_object_end(writer);
    json_object_end(writer);
    json_object_end(writer);
}

static Str organization_url(const TfeClient *client, const char *rest, Arena *arena) {
    return url_of(client, arena, "organizations/%.*s/%s",
                  STR_ARG(url_encode(client->organization, false, arena)), rest);
}

static TfeStatus make_project(const TfeClient *client, Str name, Str *id, Str *problem,
                              Arena *arena) {
    JsonWriter writer;
    Value document, data;
    StrBuf body = strbuf_new(arena);
    begin_data(&writer, &body, "projects");
    json_key_string(&writer, "name", name);
    end_data(&writer);
    TfeRequest request = {"POST", organization_url(client, "projects", arena), strbuf_str(&body)};
    TfeStatus status = ask(client, &request, &document, &data, problem, arena);
    if (status != TFE_DONE || value_find_text(data, STR("id"), id))
        return status;
    *problem = STR("the server describes the project incompletely");
    return TFE_FAILED;
}

/* Sets *id to that of the project of the labels; empty: none, or not there. */
static TfeStatus find_project(const TfeClient *client, const TfeLabels *labels, Str *id,
                              Str *problem, Arena *arena) {
    Value document, data, attributes;
    Str name = STR_EMPTY;
    *id = STR_EMPTY;
    if (!labels || labels->project.len == 0)
        return TFE_DONE;
    Str query = str_format(arena, "projects?filter%%5Bnames%%5D=%.*s",
                           STR_ARG(url_encode(labels->project, false, arena)));
    TfeRequest request = {"GET", organization_url(client, str_to_cstr(query, arena), arena)};
    TfeStatus status = ask(client, &request, &document, &data, problem, arena);
    for (size_t i = 0; status == TFE_DONE && i < data.count && id->len == 0; i++) {
        Value one = value_at(data, i);
        if (value_find_present(one, STR("attributes"), &attributes) &&
            value_find_text(attributes, STR("name"), &name) && str_equal(name, labels->project))
            (void)value_find_text(one, STR("id"), id);
    }
    return status;
}

/* The part of the query of a list that selects labels; begins with "&" or is empty. */
static Str label_query(const TfeLabels *labels, Str project_id, Arena *arena) {
    StrBuf query = strbuf_new(arena);
    for (size_t i = 0; labels && i < labels->tags.count; i++)
        strbuf_add_format(&query, "%s%.*s", i ? "%2C" : "&search%5Btags%5D=",
                          STR_ARG(url_encode(labels->tags.items[i], false, arena)));
    for (size_t i = 0; labels && i < labels->values.count; i++)
        strbuf_add_format(&query,
                          "&filter%%5Btagged%%5D%%5B%zu%%5D%%5Bkey%%5D=%.*s"
                          "&filter%%5Btagged%%5D%%5B%zu%%5D%%5Bvalue%%5D=%.*s",
                          i, STR_ARG(url_encode(labels->tags.items[i], false, arena)), i,
                          STR_ARG(url_encode(labels->values.items[i], false, arena)));
    if (project_id.len > 0)
        strbuf_add_format(&query, "&filter%%5Bproject%%5D%%5Bid%%5D=%.*s",
                          STR_ARG(url_encode(project_id, false, arena)));
    return strbuf_str(&query);
}

/* Adds the workspaces of the page of this query. Sets *next to the number of the next page; 0:
 * none. */
static TfeStatus add_page(const TfeClient *client, Str prefix, Str query, TfeWorkspaces *out,
                          int64_t *next, Str *problem, Arena *arena) {
    Value document, data, meta, pages;
    TfeRequest request = {"GET", organization_url(client, str_to_cstr(query, arena), arena)};
    TfeStatus status = ask(client, &request, &document, &data, problem, arena);
    *next = 0;
    for (size_t i = 0; status == TFE_DONE && i < data.count; i++) {
        TfeWorkspace workspace;
        if (workspace_of(value_at(data, i), &workspace) && str_starts_with(workspace.name, prefix))
            vec_push(arena, out, workspace);
    }
    if (status == TFE_DONE && value_find_present(document, STR("meta"), &meta) &&
        value_find_present(meta, STR("pagination"), &pages))
        (void)value_find_int(pages, STR("next-page"), next);
    return status;
}

TfeStatus tfe_client_list(const TfeClient *client, Str prefix, const TfeLabels *labels,
                          TfeWorkspaces *out, Str *problem, Arena *arena) {
    Str project = STR_EMPTY;
    TfeStatus status = find_project(client, labels, &project, problem, arena);
    bool is_nowhere = labels && labels->project.len > 0 && project.len == 0;
    Str rest = label_query(labels, project, arena);
    int64_t next = is_nowhere ? 0 : 1;
    for (int64_t page = 0; status == TFE_DONE && next > page && page < MAX_PAGES;) {
        page = next;
        Str query =
            str_format(arena,
                       "workspaces?page%%5Bnumber%%5D=%lld&page%%5Bsize%%5D=100"
                       "&search%%5Bname%%5D=%.*s%.*s",
                       (long long)page, STR_ARG(url_encode(prefix, false, arena)), STR_ARG(rest));
        status = add_page(client, prefix, query, out, &next, problem, arena);
    }
    return status;
}

static const char *kind_of(const TfeLabels *labels) {
    return labels->values.count > 0 ? "tag-bindings" : "tags";
}

static void write_tags(JsonWriter *writer, const TfeLabels *labels) {
    json_key_array(writer, "data");
    for (size_t i = 0; i < labels->tags.count; i++) {
        bool has_value = labels->values.count > 0;
        json_object_start(writer);
        json_key_string(writer, "type", str_from_cstr(kind_of(labels)));
        json_key_object(writer, "attributes");
        json_key_string(writer, has_value ? "key" : "name", labels->tags.items[i]);
        if (has_value)
            json_key_string(writer, "value", labels->values.items[i]);
        json_object_end(writer);
        json_object_end(writer);
    }
    json_array_end(writer);
}

static void write_relations(JsonWriter *writer, const TfeLabels *labels, Str project) {
    json_key_object(writer, "relationships");
    if (labels->tags.count > 0) {
        json_key_object(writer, kind_of(labels));
        write_tags(writer, labels);
        json_object_end(writer);
    }
    if (project.len > 0) {
        json_key_object(writer, "project");
        json_key_object(writer, "data");
        json_key_string(writer, "type", STR("projects"));
        json_key_string(writer, "id", project);
        json_object_end(writer);
        json_object_end(writer);
    }
    json_object_end(writer);
}

TfeStatus tfe_client_make(const TfeClient *client, Str name, const TfeLabels *labels, Str *problem,
                          Arena *arena) {
    JsonWriter writer;
    HttpResponse response;
    StrBuf body = strbuf_new(arena);
    Str project = STR_EMPTY;
    TfeStatus status = find_project(client, labels, &project, problem, arena);
    if (status == TFE_DONE && labels && labels->project.len > 0 && project.len == 0)
        status = make_project(client, labels->project, &project, problem, arena);
    if (status != TFE_DONE)
        return TFE_FAILED;
    begin_data(&writer, &body, "workspaces");
    json_key_string(&writer, "name", name);
    json_key_string(&writer, "execution-mode", STR("local"));
    json_object_end(&writer);
    if (labels)
        write_relations(&writer, labels, project);
    json_object_end(&writer);
    json_object_end(&writer);
    TfeRequest request = {"POST", organization_url(client, "workspaces", arena), strbuf_str(&body)};
    return tfe_client_send(client, &request, &response, problem, arena);
}

TfeStatus tfe_client_tag(const TfeClient *client, Str id, const TfeLabels *labels, Str *problem,
                         Arena *arena) {
    JsonWriter writer;
    HttpResponse response;
    StrBuf body = strbuf_new(arena);
    bool has_values = labels->values.count > 0;
    json_writer_init(&writer, &body, 0);
    json_object_start(&writer);
    write_tags(&writer, labels);
    json_object_end(&writer);
    TfeRequest request = {has_values ? "PATCH" : "POST",
                          url_of(client, arena, "workspaces/%.*s/%s", STR_ARG(id),
                                 has_values ? "tag-bindings" : "relationships/tags"),
                          strbuf_str(&body)};
    return tfe_client_send(client, &request, &response, problem, arena);
}

TfeStatus tfe_client_delete(const TfeClient *client, Str id, Str *problem, Arena *arena) {
    HttpResponse response;
    TfeRequest request = {"DELETE", url_of(client, arena, "workspaces/%.*s", STR_ARG(id))};
    return tfe_client_send(client, &request, &response, problem, arena);
}

TfeStatus tfe_client_act(const TfeClient *client, Str id, const char *action, Str reason,
                         Str *problem, Arena *arena) {
    JsonWriter writer;
    HttpResponse response;
    StrBuf body = strbuf_new(arena);
    bool is_lock = strcmp(action, "lock") == 0;
    json_writer_init(&writer, &body, 0);
    json_object_start(&writer);
    if (reason.len > 0)
        json_key_string(&writer, "reason", reason);
    json_object_end(&writer);
    TfeRequest request = {"POST",
                          url_of(client, arena, "workspaces/%.*s/actions/%s", STR_ARG(id), action),
                          strbuf_str(&body), .is_once = is_lock};
    TfeStatus status = tfe_client_send(client, &request, &response, problem, arena);
    bool was_done = !is_lock && status == TFE_CONFLICT && response.attempts > 1;
    return was_done ? TFE_DONE : status;
}

TfeStatus tfe_client_read(const TfeClient *client, Str id, Str *out, Str *problem, Arena *arena) {
    Value document, data, attributes;
    HttpResponse response;
    Str url;
    TfeRequest request = {
        "GET", url_of(client, arena, "workspaces/%.*s/current-state-version", STR_ARG(id))};
    TfeStatus status = ask(client, &request, &document, &data, problem, arena);
    if (status != TFE_DONE)
        return status;
    if (!value_find_present(data, STR("attributes"), &attributes) ||
        !value_find_text(attributes, STR("hosted-state-download-url"), &url)) {
        *problem = STR("the server names no address of the state");
        return TFE_FAILED;
    }
    request = (TfeRequest){"GET", url_resolve(client->host.base, url, arena), .is_raw = true};
    status = tfe_client_send(client, &request, &response, problem, arena);
    *out = response.body;
    return status == TFE_ABSENT ? TFE_FAILED : status;
}

TfeStatus tfe_client_write(const TfeClient *client, Str id, Str state, bool is_forced, Str *problem,
                           Arena *arena) {
    JsonWriter writer;
    HttpResponse response;
    Value document;
    int64_t serial = 0;
    Str lineage = STR_EMPTY;
    StrBuf body = strbuf_new(arena);
    if (!json_parse_object(state, &document, arena) ||
        !value_find_int(document, STR("serial"), &serial) ||
        !value_find_text(document, STR("lineage"), &lineage)) {
        *problem = STR("the state has no serial or no lineage");
        return TFE_FAILED;
    }
    begin_data(&writer, &body, "state-versions");
    json_key_int(&writer, "serial", serial);
    json_key_string(&writer, "md5", digest_hex(DIGEST_MD5, state, arena));
    json_key_string(&writer, "lineage", lineage);
    if (is_forced)
        json_key_bool(&writer, "force", true);
    json_key_base64(&writer, "state", state);
    end_data(&writer);
    TfeRequest request = {"POST",
                          url_of(client, arena, "workspaces/%.*s/state-versions", STR_ARG(id)),
                          strbuf_str(&body)};
    return tfe_client_send(client, &request, &response, problem, arena);
}

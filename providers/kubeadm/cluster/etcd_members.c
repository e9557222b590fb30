/* etcd_members: requests of etcd's JSON gateway. */
#include "etcd_members.h"
#include "json.h"
#include "object_builder.h"
#include "path_error.h"

#define REQUEST_MS INT64_C(10000)
#define HEALTH_MS  INT64_C(5000)

static int members_append(void *payload, Str piece) {
    strbuf_add(payload, piece);
    return 0;
}

static Str members_send(const EtcdGateway *client, EtcdRequest request, StrBuf *out) {
    HttpSink sink = {.write = members_append, .payload = out};
    Str problem = etcd_gateway_send(client, &request, &sink);
    Str reason = str_slice(strbuf_str(out), 0, 300);
    return problem.len && reason.len
               ? str_format(client->call->arena, "%.*s (%.*s)", STR_ARG(problem), STR_ARG(reason))
               : problem;
}

static bool post_checked(const EtcdGateway *client, const char *path, Str body, StrBuf *out,
                         Diags *diags) {
    EtcdRequest request = {.path = path, .body = body, .timeout_ms = REQUEST_MS};
    Str problem = members_send(client, request, out);
    return !problem.len || path_error(client->call, NO_PATH, diags, "etcd does not respond",
                                      "The request %s to the etcd on %.*s failed: %.*s.", path,
                                      STR_ARG(client->host), STR_ARG(problem));
}

static bool members_read_member(Value object, EtcdNode *out, Arena *arena) {
    StrVec urls = value_texts_of(value_tuple_at(object, STR("peerURLs")), arena);
    Value learner;
    *out = (EtcdNode){
        .id = value_text_at(object, STR("ID")),
        .member.name = value_text_at(object, STR("name")),
        .client_urls = value_texts_of(value_tuple_at(object, STR("clientURLs")), arena),
    };
    out->member.is_learner =
        value_find_present(object, STR("isLearner"), &learner) && value_is_true(learner);
    if (urls.count)
        out->member.peer_url = urls.items[0];
    return out->id.len > 0;
}

bool etcd_members_parse(Str body, EtcdNodes *out, Arena *arena) {
    Value root, list;
    if (!json_parse_object(body, &root, arena))
        return false;
    list = value_tuple_at(root, STR("members"));
    for (size_t i = 0; i < list.count; i++) {
        EtcdNode node;
        if (value_at(list, i).type->kind != KIND_OBJECT ||
            !members_read_member(value_at(list, i), &node, arena))
            return false;
        vec_push(arena, out, node);
    }
    return out->count > 0;
}

Str etcd_members_host(Str url) {
    size_t start = str_find(url, STR("://"), 0);
    Str rest = start == SIZE_MAX ? url : str_after(url, start + 3);
    if (str_starts_with(rest, STR("[")))
        return str_slice(rest, 1, str_find_char(rest, ']', 0));
    return str_slice(rest, 0, str_find_char(rest, ':', 0));
}

bool etcd_members_is_healthy(const EtcdGateway *client, Str host) {
    StrBuf body = strbuf_new(client->call->arena);
    EtcdRequest request = {.host = host, .path = "/health", .timeout_ms = HEALTH_MS};
    Str problem = members_send(client, request, &body);
    return !problem.len && str_find(strbuf_str(&body), STR("\"true\""), 0) != SIZE_MAX;
}

bool etcd_members_version(const EtcdGateway *client, Str host, KubeVersion *out) {
    StrBuf body = strbuf_new(client->call->arena);
    EtcdRequest request = {
        .host = host, .path = "/v3/maintenance/status", .body = STR("{}"), .timeout_ms = HEALTH_MS};
    Value root;
    return !members_send(client, request, &body).len &&
           json_parse_object(strbuf_str(&body), &root, client->call->arena) &&
           kube_version_parse(value_text_at(root, STR("version")), out);
}

/* Numbers of 64 bits are texts in JSON of etcd; zero is left out. */
static Str number_at(Value object, const char *name) {
    Str text = value_text_at(object, str_from_cstr(name));
    return text.len ? text : STR("0");
}

static bool read_status(const EtcdGateway *client, EtcdRequest request, Value *out) {
    StrBuf body = strbuf_new(client->call->arena);
    return !members_send(client, request, &body).len &&
           json_parse_object(strbuf_str(&body), out, client->call->arena);
}

bool etcd_members_status(const EtcdGateway *client, Str host, EtcdStatus *out) {
    EtcdRequest request = {
        .host = host, .path = "/v3/maintenance/status", .body = STR("{}"), .timeout_ms = HEALTH_MS};
    Value root, header;
    if (!read_status(client, request, &root) || !value_find_present(root, STR("header"), &header))
        return false;
    *out = (EtcdStatus){.id = number_at(header, "member_id"), .leader = number_at(root, "leader")};
    return str_to_int64(number_at(header, "revision"), &out->revision);
}

bool etcd_members_alarm(const EtcdGateway *client, bool *has_one) {
    EtcdRequest request = {.path = "/v3/maintenance/alarm",
                           .body = STR("{\"action\":\"GET\"}"),
                           .timeout_ms = HEALTH_MS};
    Value root;
    if (!read_status(client, request, &root))
        return false;
    *has_one = value_tuple_at(root, STR("alarms")).count > 0;
    return true;
}

bool etcd_members_move_leader(const EtcdGateway *client, Str host, Str id, Diags *diags) {
    Arena *arena = client->call->arena;
    EtcdRequest request = {.host = host,
                           .path = "/v3/maintenance/transfer-leadership",
                           .body = str_format(arena, "{\"targetID\":\"%.*s\"}", STR_ARG(id)),
                           .timeout_ms = REQUEST_MS};
    StrBuf body = strbuf_new(arena);
    Str problem = members_send(client, request, &body);
    return !problem.len || path_error(client->call, NO_PATH, diags, "Leader of etcd not moved",
                                      "The etcd on %.*s is the leader, and did not give that to "
                                      "another member: %.*s.",
                                      STR_ARG(host), STR_ARG(problem));
}

bool etcd_members_list(const EtcdGateway *client, EtcdNodes *out, Diags *diags) {
    StrBuf body = strbuf_new(client->call->arena);
    if (!post_checked(client, "/v3/cluster/member/list", STR("{}"), &body, diags))
        return false;
    if (!etcd_members_parse(strbuf_str(&body), out, client->call->arena))
        return path_error(client->call, NO_PATH, diags, "etcd does not respond",
                          "The etcd on %.*s returned no list of members.", STR_ARG(client->host));
    vec_each(out, node)
        node->member.is_healthy =
            node->client_urls.count &&
            etcd_members_is_healthy(client, etcd_members_host(node->client_urls.items[0]));
    return true;
}

bool etcd_members_remove(const EtcdGateway *client, Str id, Diags *diags) {
    Arena *arena = client->call->arena;
    StrBuf body = strbuf_new(arena);
    ObjectBuilder request = object_builder_new(arena);
    object_builder_put(&request, STR("ID"), value_from_str(id));
    return post_checked(client, "/v3/cluster/member/remove",
                        json_text(object_builder_value(&request), arena), &body, diags);
}

EtcdMembers etcd_members_of(const EtcdNodes *nodes, Arena *arena) {
    EtcdMembers members = {0};
    vec_each(nodes, node)
        vec_push(arena, &members, node->member);
    return members;
}

const EtcdNode *etcd_members_find(const EtcdNodes *nodes, Str host) {
    vec_each(nodes, node) {
        if (str_equal(etcd_members_host(node->member.peer_url), host))
            return node;
    }
    return NULL;
}

const EtcdNode *etcd_members_by_id(const EtcdNodes *nodes, Str id) {
    vec_each(nodes, node) {
        if (str_equal(node->id, id))
            return node;
    }
    return NULL;
}

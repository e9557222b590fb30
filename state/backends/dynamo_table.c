/* A request is one JSON object; its operation is in a header. */
#include "dynamo_table.h"
#include "digest.h"
#include "http_send.h"
#include "json.h"
#include "problem.h"

#define TIMEOUT_MS        30000
#define DYNAMO_BODY_LIMIT ((uint64_t)4 << 20)
#define BUSY_WAIT_MS      200
#define BUSY_ATTEMPTS     5
#define DIGEST_ENDING     "-md5"

/* A text member of an item. */
typedef struct DynamoMember {
    const char *name;
    Str text;
} DynamoMember;

static void add_members(JsonWriter *writer, const char *key, const DynamoMember *members,
                        size_t count) {
    json_key_object(writer, key);
    for (size_t i = 0; i < count; i++) {
        json_key_object(writer, members[i].name);
        json_key_string(writer, "S", members[i].text);
        json_object_end(writer);
    }
    json_object_end(writer);
}

static void body_begin(JsonWriter *writer, StrBuf *text, const DynamoTable *table) {
    json_writer_init(writer, text, 0);
    json_object_start(writer);
    json_key_string(writer, "TableName", table->name);
}

static bool is_code(Str code, const char *end) {
    return str_ends_with(code, str_from_cstr(end));
}

/* Sets *code to the name of the error, "…#ConditionalCheckFailedException". */
static bool dynamo_send_once(const DynamoTable *table, const char *operation, Str body, Value *out,
                             Str *code, Str *problem, Arena *arena) {
    HttpRequest request = {.method = STR("POST"),
                           .url = str_concat(table->endpoint, STR("/"), arena),
                           .body = body,
                           .timeout_ms = TIMEOUT_MS,
                           .body_limit = DYNAMO_BODY_LIMIT,
                           .retries = table->retries,
                           .cancel = table->cancel ? *table->cancel : NULL,
                           .cancel_at = CANCEL_NOW};
    HttpResponse response = {0};
    AwsCall call = {"dynamodb", table->region, &request};
    Str target = str_format(arena, "DynamoDB_20120810.%s", operation);
    http_add_header(&request.headers, "content-type", STR("application/x-amz-json-1.0"), arena);
    http_add_header(&request.headers, "x-amz-target", target, arena);
    *code = STR_EMPTY;
    if (aws_session_send(table->session, &call, &response, problem, arena) != HTTP_DONE)
        return false;
    bool is_json = json_parse_object(response.body, out, arena);
    if (response.code == 200)
        return is_json || problem_text(problem, "DynamoDB returned no JSON object");
    Str message = STR_EMPTY;
    if (is_json) {
        *code = value_text_at(*out, STR("__type"));
        message = value_text_at(*out, STR("message"));
        message = message.len ? message : value_text_at(*out, STR("Message"));
    }
    size_t hash = str_rfind_char(*code, '#');
    Str name = hash == SIZE_MAX ? *code : str_after(*code, hash + 1);
    while (str_ends_with(message, STR(".")))
        message = str_slice(message, 0, message.len - 1);
    return problem_set(problem, arena,
                       "%s of the DynamoDB table \"%.*s\" failed with HTTP status "
                       "%d %.*s%s%.*s%s",
                       operation, STR_ARG(table->name), response.code, STR_ARG(name),
                       message.len ? " (" : "", STR_ARG(message), message.len ? ")" : "");
}

/* Waits while the table has no capacity. */
static DynamoStatus dynamo_send(const DynamoTable *table, const char *operation, const StrBuf *body,
                                Value *out, Str *problem, Arena *arena) {
    const Clock *clock = table->io->clock;
    for (int attempt = 0;; attempt++) {
        Str code;
        if (dynamo_send_once(table, operation, strbuf_str(body), out, &code, problem, arena))
            return DYNAMO_DONE;
        if (is_code(code, "ConditionalCheckFailedException"))
            return DYNAMO_UNMET;
        bool is_busy = is_code(code, "ThrottlingException") ||
                       is_code(code, "ProvisionedThroughputExceededException");
        if (!is_busy || attempt == BUSY_ATTEMPTS)
            return DYNAMO_FAILED;
        (void)clock->sleep_ms(clock->self, (int64_t)BUSY_WAIT_MS << attempt,
                              table->cancel ? *table->cancel : NULL);
    }
}

/* Reads one member of an item consistently; it is empty if there is none. */
static bool get_member(const DynamoTable *table, Str id, const char *name, Str *out, Str *problem,
                       Arena *arena) {
    StrBuf body = strbuf_new(arena);
    JsonWriter writer;
    Value answer, item, member;
    body_begin(&writer, &body, table);
    add_members(&writer, "Key", &(DynamoMember){"LockID", id}, 1);
    json_key_string(&writer, "ProjectionExpression", str_format(arena, "LockID, %s", name));
    json_key_bool(&writer, "ConsistentRead", true);
    json_object_end(&writer);
    if (dynamo_send(table, "GetItem", &body, &answer, problem, arena) != DYNAMO_DONE)
        return false;
    *out = STR_EMPTY;
    if (value_find_present(answer, STR("Item"), &item) &&
        value_find_present(item, str_from_cstr(name), &member))
        *out = value_text_at(member, STR("S"));
    return true;
}

static DynamoStatus put_item(const DynamoTable *table, const DynamoMember *members, size_t count,
                             const char *condition, Str *problem, Arena *arena) {
    StrBuf body = strbuf_new(arena);
    JsonWriter writer;
    Value ignored;
    body_begin(&writer, &body, table);
    add_members(&writer, "Item", members, count);
    if (condition)
        json_key_string(&writer, "ConditionExpression", str_from_cstr(condition));
    json_object_end(&writer);
    return dynamo_send(table, "PutItem", &body, &ignored, problem, arena);
}

/* Deletes an item, if `info` is not empty on condition that it has this lock info. */
static DynamoStatus delete_item(const DynamoTable *table, Str id, Str info, Str *problem,
                                Arena *arena) {
    StrBuf body = strbuf_new(arena);
    JsonWriter writer;
    Value ignored;
    body_begin(&writer, &body, table);
    add_members(&writer, "Key", &(DynamoMember){"LockID", id}, 1);
    if (info.len) {
        json_key_string(&writer, "ConditionExpression", STR("Info = :info"));
        add_members(&writer, "ExpressionAttributeValues", &(DynamoMember){":info", info}, 1);
    }
    json_object_end(&writer);
    return dynamo_send(table, "DeleteItem", &body, &ignored, problem, arena);
}

DynamoStatus dynamo_table_lock(const DynamoTable *table, const LockInfo *info, Str *problem,
                               Arena *arena) {
    DynamoMember members[] = {{"LockID", table->id}, {"Info", state_lock_to_json(info, arena)}};
    return put_item(table, members, ARRAY_COUNT(members), "attribute_not_exists(LockID)", problem,
                    arena);
}

bool dynamo_table_read_holder(const DynamoTable *table, LockInfo *holder, Str *problem,
                              Arena *arena) {
    Str info;
    *holder = (LockInfo){0};
    if (!get_member(table, table->id, "Info", &info, problem, arena))
        return false;
    return info.len == 0 || state_lock_from_json(info, holder, arena) ||
           problem_set(problem, arena, "the lock in the DynamoDB table \"%.*s\" is not valid",
                       STR_ARG(table->name));
}

/* The request may be sent twice after a lost reply: then the lock is gone. */
DynamoStatus dynamo_table_unlock(const DynamoTable *table, Str lock_id, Str *problem,
                                 Arena *arena) {
    Str info;
    LockInfo holder = {0};
    if (!get_member(table, table->id, "Info", &info, problem, arena))
        return DYNAMO_FAILED;
    if (info.len == 0 || !state_lock_from_json(info, &holder, arena) ||
        !str_equal(holder.id, lock_id))
        return DYNAMO_UNMET;
    DynamoStatus status = delete_item(table, table->id, info, problem, arena);
    if (status != DYNAMO_UNMET)
        return status;
    /* If the response to an earlier attempt was lost, the next run may hold the lock already. */
    if (!get_member(table, table->id, "Info", &info, problem, arena))
        return DYNAMO_FAILED;
    holder = (LockInfo){0};
    bool is_held = info.len > 0 && state_lock_from_json(info, &holder, arena);
    return is_held && str_equal(holder.id, lock_id) ? DYNAMO_UNMET : DYNAMO_DONE;
}

static Str digest_id(const DynamoTable *table, Arena *arena) {
    return str_concat(table->id, STR(DIGEST_ENDING), arena);
}

static Str digest_of(Str bytes, Arena *arena) {
    return digest_hex(DIGEST_MD5, bytes, arena);
}

bool dynamo_table_check_digest(const DynamoTable *table, Str bytes, bool *matches, Str *problem,
                               Arena *arena) {
    Str stored;
    if (!get_member(table, digest_id(table, arena), "Digest", &stored, problem, arena))
        return false;
    Str own = digest_of(bytes, arena);
    bool is_digest = stored.len == own.len && str_has_only(stored, "");
    *matches = !is_digest || (bytes.ptr && str_equal(stored, own));
    return true;
}

bool dynamo_table_put_digest(const DynamoTable *table, Str bytes, Str *problem, Arena *arena) {
    DynamoMember members[] = {{"LockID", digest_id(table, arena)},
                              {"Digest", digest_of(bytes, arena)}};
    return put_item(table, members, ARRAY_COUNT(members), NULL, problem, arena) == DYNAMO_DONE;
}

bool dynamo_table_drop_digest(const DynamoTable *table, Str *problem, Arena *arena) {
    return delete_item(table, digest_id(table, arena), STR_EMPTY, problem, arena) == DYNAMO_DONE;
}

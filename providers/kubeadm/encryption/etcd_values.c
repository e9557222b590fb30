/* etcd_values: pages of /v3/kv/range, and a scanner of their JSON text. */
#include "etcd_values.h"
#include "base64.h"
#include "json.h"
#include "object_builder.h"
#include "path_error.h"

#define PAGE       500
#define REQUEST_MS INT64_C(60000)
#define PAGE_MAX   ((uint64_t)4 << 30)
#define KEY_MAX    ((size_t)16 << 10) /* characters of Base64 */
#define HEAD_MAX   ((size_t)256)      /* same; a multiple of four */

/* Called for each pair. */
typedef struct Scanner {
    void (*see)(void *payload, Str key, Str head);
    void *payload;
    Arena *arena; /* of the page */
    StrBuf text;  /* of the current string, cut */
    Str name;     /* of the member whose value follows */
    Str key;
    Str head;
    bool in_string;
    bool is_escaped;
    bool is_value; /* the string that begins is a value */
    bool has_more;
} Scanner;

static void end_string(Scanner *scanner) {
    Str text = str_clone(strbuf_str(&scanner->text), scanner->arena);
    if (!scanner->is_value)
        scanner->name = text;
    else if (str_equal(scanner->name, STR("key")))
        scanner->key = text;
    else if (str_equal(scanner->name, STR("value")))
        scanner->head = str_slice(text, 0, text.len < HEAD_MAX ? text.len : HEAD_MAX);
    scanner->is_value = false;
}

/* A pair without a key is another object. */
static void end_object(Scanner *scanner) {
    Str key, head = STR_EMPTY;
    if (scanner->key.len && base64_decode(scanner->key, &key, scanner->arena)) {
        if (scanner->head.len && !base64_decode(scanner->head, &head, scanner->arena))
            head = STR_EMPTY;
        scanner->see(scanner->payload, key, head);
    }
    scanner->key = scanner->head = STR_EMPTY;
}

static void scan_in_string(Scanner *scanner, char c) {
    bool is_key = str_equal(scanner->name, STR("key"));
    if (scanner->is_escaped) {
        scanner->is_escaped = false;
    } else if (c == '\\') {
        scanner->is_escaped = true;
    } else if (c == '"') {
        scanner->in_string = false;
        end_string(scanner);
        return;
    }
    if (scanner->text.len < (scanner->is_value && is_key ? KEY_MAX : HEAD_MAX))
        strbuf_add_char(&scanner->text, c);
}

static void scan_char(Scanner *scanner, char c) {
    if (scanner->in_string) {
        scan_in_string(scanner, c);
        return;
    }
    switch (c) {
    case '"':
        scanner->in_string = true;
        scanner->text.len = 0;
        break;
    case ':': scanner->is_value = true; break;
    case '{':
    case '[':
    case ',': scanner->is_value = false; break;
    case '}': end_object(scanner); break;
    case 't': scanner->has_more |= str_equal(scanner->name, STR("more")); break;
    default: break;
    }
}

static int scan_piece(void *payload, Str piece) {
    Scanner *scanner = payload;
    for (size_t i = 0; i < piece.len; i++)
        scan_char(scanner, piece.ptr[i]);
    return 0;
}

/* Returns the request; `end` empty: one key. */
static Str range_body(Str from, Str end, Arena *arena) {
    ObjectBuilder body = object_builder_new(arena);
    object_builder_put(&body, STR("key"), value_from_str(base64_encode(from, arena)));
    if (end.len)
        object_builder_put(&body, STR("range_end"), value_from_str(base64_encode(end, arena)));
    object_builder_put(&body, STR("limit"), value_int(PAGE));
    return json_text(object_builder_value(&body), arena);
}

static Str read_range(const EtcdGateway *etcd, Str body, Scanner *scanner) {
    HttpSink sink = {.write = scan_piece, .payload = scanner};
    EtcdRequest request = {
        .path = "/v3/kv/range", .body = body, .timeout_ms = REQUEST_MS, .body_limit = PAGE_MAX};
    return etcd_gateway_send(etcd, &request, &sink);
}

typedef struct Count {
    Str prefix;
    EtcdValues *out;
    Arena *arena; /* of the results */
    StrBuf last;
} Count;

static void count_pair(void *payload, Str key, Str head) {
    Count *count = payload;
    bool matches = str_starts_with(head, count->prefix);
    Str *first = matches ? &count->out->match : &count->out->other;
    count->out->count++;
    count->out->matching += matches;
    if (!first->len)
        *first = str_clone(key, count->arena);
    count->last.len = 0;
    strbuf_add(&count->last, key);
}

/* Returns the first key after all with this beginning, which ends with "/". */
static Str end_of(Str keys, Arena *arena) {
    return str_concat(str_slice(keys, 0, keys.len - 1), STR("0"), arena); /* '0' is '/' + 1 */
}

static bool count_page(const EtcdGateway *etcd, Str end, Count *count, bool *has_more,
                       Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("page of etcd");
    Scanner scanner = {
        .see = count_pair, .payload = count, .arena = scratch, .text = strbuf_new(scratch)};
    Str problem = read_range(etcd, range_body(strbuf_str(&count->last), end, scratch), &scanner);
    *has_more = scanner.has_more;
    return !problem.len || path_error(etcd->call, NO_PATH, diags, "Values in etcd not read",
                                      "The etcd on %.*s returned no values: %.*s.",
                                      STR_ARG(etcd->host), STR_ARG(problem));
}

bool etcd_values_count(const EtcdGateway *etcd, Str keys, Str prefix, EtcdValues *out,
                       Diags *diags) {
    Arena *arena = etcd->call->arena;
    Count count = {.prefix = prefix, .out = out, .arena = arena, .last = strbuf_new(arena)};
    Str end = end_of(keys, arena);
    bool has_more = true;
    *out = (EtcdValues){0};
    strbuf_add(&count.last, keys);
    while (has_more) {
        int64_t before = out->count;
        if (!count_page(etcd, end, &count, &has_more, diags))
            return false;
        has_more &= out->count > before;
        strbuf_add_char(&count.last, '\0'); /* the next key */
    }
    return true;
}

typedef struct Head {
    Str *out;
    Arena *arena;
} Head;

static void keep_head(void *payload, Str, Str head) {
    const Head *kept = payload;
    *kept->out = str_clone(head, kept->arena);
}

Str etcd_values_head(const EtcdGateway *etcd, Str key, Str *head) {
    SCOPED(ArenaRef) scratch = arena_open("value of etcd");
    Head kept = {head, etcd->call->arena};
    Scanner scanner = {
        .see = keep_head, .payload = &kept, .arena = scratch, .text = strbuf_new(scratch)};
    *head = STR_EMPTY;
    return read_range(etcd, range_body(key, STR_EMPTY, scratch), &scanner);
}

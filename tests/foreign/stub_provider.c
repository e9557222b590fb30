/* stub_provider: a provider of plugin protocol 6 or 5 for tests of loam with providers that
 * misbehave, or kill loam. Its objects are files, which a test lists without loam.
 *
 *    resource stub_object: name (required), size, id (computed)
 *
 *   STUB_STORE    directory of the objects: NAME@PID-NUMBER, a new file name for each creation
 *   STUB_LOG      file that gets a line "NUMBER METHOD" for each call of loam
 *   STUB_AT       number of the call, or name of the method, at which the provider misbehaves
 *   STUB_DOES     its fault there, see `deeds`
 *   STUB_EXTRAS   set: also stub_item, the data source and ephemeral resource stub_more, and the
 *                 function echo, so that each call of the protocol occurs
 *   STUB_LISTS    set: objects have an identity and can be listed: `size` objects whose names begin
 *                 with `name`
 *   STUB_PROTOCOL 5: that version of the protocol
 *   STUB_DELAY_MS time before and after the change of an object
 *
 * Like servers of gRPC, it gives a creation up if its connection is closed before the change. */
#include "msgpack_read.h"
#include "msgpack_write.h"
#include "wire.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <nghttp2/nghttp2.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { PREFIX = 5, STREAMS_MAX = 4096 };
enum { NESTING = 100000, FLOOD = 32 << 20, MESSAGE_MAX = 256 << 20 };

typedef struct Stream {
    char *path;
    StrBuf request;
    StrBuf response; /* with its prefix */
    size_t sent;
    bool is_endless;
    bool is_list;     /* the response has several messages, each with its prefix */
    bool is_repeated; /* it starts again at its end */
    bool is_silent;   /* it never ends */
} Stream;

typedef struct Connection {
    int fd;
    nghttp2_session *session;
    Arena *arena;
    Stream streams[STREAMS_MAX]; /* by id / 2, modulo */
} Connection;

static _Thread_local const char *does = ""; /* in the call of this thread */
static pid_t run;                           /* of loam */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned call_count;
static unsigned object_count;
static const Type *object_type;

static const char *setting(const char *name) {
    const char *text = getenv(name);
    return text ? text : "";
}

static void pause_ms(const char *text) {
    usleep((useconds_t)strtoul(text, NULL, 10) * 1000);
}

/* Kills. */

static bool is_keeper(const char *pid) {
    char path[300], text[4096];
    snprintf(path, sizeof path, "/proc/%s/cmdline", pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd >= 0 ? read(fd, text, sizeof text - 1) : 0;
    if (fd >= 0)
        close(fd);
    text[length > 0 ? length : 0] = '\0';
    return strcmp(text, "loam-outcome-keeper") == 0;
}

static pid_t parent_of(const char *pid) {
    char path[300], line[512] = "";
    snprintf(path, sizeof path, "/proc/%s/stat", pid);
    FILE *file = fopen(path, "re");
    if (file) {
        (void)!fgets(line, sizeof line, file);
        fclose(file);
    }
    const char *end = strrchr(line, ')'); /* of the name; then " S PARENT" */
    return end && strlen(end) > 4 ? (pid_t)strtol(end + 4, NULL, 10) : 0;
}

/* The keeper whose parent is the run that started this provider. */
static void kill_keeper(void) {
    DIR *all = opendir("/proc");
    const struct dirent *entry;
    while (all && (entry = readdir(all))) {
        pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
        if (pid > 0 && parent_of(entry->d_name) == run && is_keeper(entry->d_name))
            kill(pid, SIGKILL);
    }
    if (all)
        closedir(all);
}

static bool is_deed(const char *name) {
    return strcmp(does, name) == 0;
}

/* Objects. */

static Value object_of(Str dynamic, Arena *arena) {
    WireReader reader = wire_reader_new(dynamic);
    WireField field;
    Value object = value_null(object_type);
    Str error;
    while (wire_next(&reader, &field)) {
        if (field.number == 1 && !msgpack_read(field.bytes, object_type, &object, &error, arena))
            abort();
    }
    return object;
}

static void put_value(StrBuf *out, uint32_t number, Value v) {
    SCOPED(ArenaRef) scratch = arena_open("value");
    StrBuf packed = strbuf_new(scratch);
    StrBuf dynamic = strbuf_new(scratch);
    msgpack_write(&packed, v, object_type);
    wire_put_bytes(&dynamic, 1, strbuf_str(&packed));
    wire_put_bytes(out, number, strbuf_str(&dynamic));
}

static Value with(Value object, const char *name, Value v, Arena *arena) {
    Value *items = value_copy_items(object, arena);
    size_t at;
    if (type_find_attribute(object.type, str_from_cstr(name), &at))
        items[at] = v;
    return value_with_items(object, items, arena);
}

static Value attribute(Value object, const char *name) {
    Value found;
    return value_find(object, str_from_cstr(name), &found) ? found : value_null(&TYPE_STRING);
}

static char *object_path(Str id, Arena *arena) {
    return (char *)str_to_cstr(str_format(arena, "%s/%.*s", setting("STUB_STORE"), STR_ARG(id)),
                               arena);
}

static Value create(Value planned, Arena *arena) {
    Str name = value_text(attribute(planned, "name"));
    pthread_mutex_lock(&lock);
    Str id = str_format(arena, "%.*s@%d-%u", STR_ARG(name), (int)getpid(), ++object_count);
    pthread_mutex_unlock(&lock);
    close(open(object_path(id, arena), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600));
    return with(planned, "id", value_string(id, arena), arena);
}

/* Calls. */

static Str field_of(Str message, uint32_t number) {
    WireReader reader = wire_reader_new(message);
    WireField field;
    Str found = STR_EMPTY;
    while (wire_next(&reader, &field)) {
        if (field.number == number)
            found = field.bytes;
    }
    return found;
}

static void put_attribute(StrBuf *out, const char *name, const char *type, uint32_t flag) {
    size_t start = wire_begin(out, 2);
    wire_put_bytes(out, 1, str_from_cstr(name));
    wire_put_bytes(out, 2, str_from_cstr(type));
    wire_put_varint(out, flag, 1);
    wire_end(out, start);
}

static void put_schema(StrBuf *out, uint32_t number, Str name) {
    enum { REQUIRED = 4, OPTIONAL = 5, COMPUTED = 6 };
    size_t entry = wire_begin(out, number);
    wire_put_bytes(out, 1, name);
    size_t schema = wire_begin(out, 2);
    wire_put_varint(out, 1, 1); /* version: a state of version 0 is upgraded */
    size_t block = wire_begin(out, 2);
    put_attribute(out, "id", "\"string\"", COMPUTED);
    put_attribute(out, "name", "\"string\"", REQUIRED);
    put_attribute(out, "size", "\"number\"", OPTIONAL);
    wire_end(out, block);
    wire_end(out, schema);
    wire_end(out, entry);
}

static void put_function(StrBuf *out, uint32_t number) {
    size_t entry = wire_begin(out, number);
    wire_put_bytes(out, 1, STR("echo"));
    size_t function = wire_begin(out, 2);
    size_t parameter = wire_begin(out, 1);
    wire_put_bytes(out, 1, STR("text"));
    wire_put_bytes(out, 2, STR("\"string\""));
    wire_end(out, parameter);
    size_t result = wire_begin(out, 3);
    wire_put_bytes(out, 1, STR("\"string\""));
    wire_end(out, result);
    wire_end(out, function);
    wire_end(out, entry);
}

static void get_schema(StrBuf *out) {
    enum { RESOURCES = 2, DATA = 3, CAPABILITIES = 6, EPHEMERAL = 8, LISTS = 9, FUNCTIONS = 7 };
    enum { MOVE = 3 };
    size_t provider = wire_begin(out, 1);
    size_t block = wire_begin(out, 2);
    if (*setting("STUB_EXTRAS"))
        put_attribute(out, "token", "\"string\"", 5); /* optional */
    wire_end(out, block);
    wire_end(out, provider);
    put_schema(out, RESOURCES, STR("stub_object"));
    if (*setting("STUB_LISTS"))
        put_schema(out, LISTS, STR("stub_object"));
    if (*setting("STUB_EXTRAS") == '\0')
        return;
    put_schema(out, RESOURCES, STR("stub_item"));
    put_schema(out, DATA, STR("stub_more"));
    put_schema(out, EPHEMERAL, STR("stub_more"));
    put_function(out, FUNCTIONS);
    size_t capabilities = wire_begin(out, CAPABILITIES);
    wire_put_varint(out, MOVE, 1);
    wire_end(out, capabilities);
}

/* `number`: the field of the stored state in the request. */
static void upgrade(Str request, uint32_t number, StrBuf *out) {
    StrBuf dynamic = strbuf_new(out->arena);
    Str json = field_of(field_of(request, number), 1); /* as it was stored */
    wire_put_bytes(&dynamic, 2, json);
    wire_put_bytes(out, 1, strbuf_str(&dynamic));
}

static void read_object(Str request, StrBuf *out) {
    Value object = object_of(field_of(request, 2), out->arena);
    Str id = value_text(attribute(object, "id"));
    struct stat status;
    bool is_gone = stat(object_path(id, out->arena), &status) != 0;
    put_value(out, 1, is_gone ? value_null(object_type) : object);
}

static void plan(Str request, StrBuf *out) {
    Value prior = object_of(field_of(request, 2), out->arena);
    Value proposed = object_of(field_of(request, 3), out->arena);
    if (value_is_null(prior) && value_is_present(proposed))
        proposed = with(proposed, "id", value_unknown(&TYPE_STRING), out->arena);
    put_value(out, 1, proposed);
}

static bool is_closed(const Connection *connection) {
    struct pollfd polled = {connection->fd, POLLRDHUP, 0};
    return poll(&polled, 1, 0) > 0 && (polled.revents & (POLLRDHUP | POLLHUP | POLLERR));
}

static void apply(const Connection *connection, Str request, StrBuf *out) {
    Value prior = object_of(field_of(request, 2), out->arena);
    Value planned = object_of(field_of(request, 3), out->arena);
    pause_ms(setting("STUB_DELAY_MS"));
    if (is_closed(connection))
        return;
    if (value_is_null(planned))
        unlink(object_path(value_text(attribute(prior, "id")), out->arena));
    else if (value_is_null(prior))
        planned = create(planned, out->arena);
    pause_ms(setting("STUB_DELAY_MS"));
    if (is_deed("unknown"))
        planned = with(planned, "size", value_unknown(&TYPE_NUMBER), out->arena);
    put_value(out, 1, planned);
}

static void import(Str request, StrBuf *out) {
    Str id = field_of(request, 2);
    Value items[] = {
        value_string(id, out->arena),
        value_string(str_slice(id, 0, str_find_char(id, '@', 0)), out->arena),
        value_null(&TYPE_NUMBER),
    };
    size_t start = wire_begin(out, 1);
    wire_put_bytes(out, 1, STR("stub_object"));
    put_value(out, 2, value_object_of(object_type, items));
    wire_end(out, start);
}

static void read_data(Str request, StrBuf *out) {
    Value config = object_of(field_of(request, 2), out->arena);
    put_value(out, 1, with(config, "id", value_from_cstr("more"), out->arena));
}

/* The object must be renewed at once. */
static void put_renewal(StrBuf *out) {
    size_t at = wire_begin(out, 2);
    wire_put_varint(out, 1, (uint64_t)time(NULL));
    wire_end(out, at);
}

static void open_ephemeral(Str request, StrBuf *out) {
    Value config = object_of(field_of(request, 2), out->arena);
    put_renewal(out);
    put_value(out, 3, with(config, "id", value_from_cstr("more"), out->arena));
}

static void call_function(Str request, StrBuf *out) {
    wire_put_bytes(out, 1, field_of(request, 2));
}

/* The identity of an object is its id. */
static void get_identities(StrBuf *out) {
    if (*setting("STUB_LISTS") == '\0')
        return;
    size_t entry = wire_begin(out, 1);
    wire_put_bytes(out, 1, STR("stub_object"));
    size_t schema = wire_begin(out, 2);
    size_t attribute = wire_begin(out, 2);
    wire_put_bytes(out, 1, STR("id"));
    wire_put_bytes(out, 2, STR("\"string\""));
    wire_put_varint(out, 3, 1);
    wire_end(out, attribute);
    wire_end(out, schema);
    wire_end(out, entry);
}

static void put_message(StrBuf *out, Str message) {
    strbuf_add_char(out, '\0');
    for (size_t i = 0; i < 4; i++)
        strbuf_add_char(out, (char)(uint8_t)(message.len >> (8 * (3 - i))));
    strbuf_add(out, message);
}

static void put_identity(StrBuf *out, Str id) {
    StrBuf packed = strbuf_new(out->arena);
    if (is_deed("wrong-identity"))
        strbuf_add_char(&packed, '\xc2');
    else if (is_deed("unknown-identity"))
        strbuf_add(&packed, STR("\x81\xa2id\xd4\x01\x01"));
    else if (is_deed("null-identity"))
        strbuf_add_char(&packed, '\xc0');
    else
        strbuf_add_format(&packed, "\x81\xa2id%c%.*s", (char)(0xa0 + id.len), STR_ARG(id));
    size_t identity = wire_begin(out, 1);
    size_t dynamic = wire_begin(out, 1);
    wire_put_bytes(out, 1, strbuf_str(&packed));
    wire_end(out, dynamic);
    wire_end(out, identity);
}

static void put_problem(StrBuf *out, uint32_t field, uint64_t severity) {
    size_t diagnostic = wire_begin(out, field);
    wire_put_varint(out, 1, severity);
    wire_put_bytes(out, 2, STR("A problem"));
    wire_end(out, diagnostic);
}

/* The event of one object; of no object in some deeds. */
static void put_event(StrBuf *out, Value config, int64_t number) {
    Arena *arena = out->arena;
    StrBuf event = strbuf_new(arena);
    Str id =
        str_format(arena, "%.*s%d", STR_ARG(value_text(attribute(config, "name"))), (int)number);
    if (is_deed("warnings"))
        put_problem(&event, 4, 2);
    else if (!is_deed("no-identity"))
        put_identity(&event, id);
    wire_put_bytes(&event, 2, is_deed("escapes") ? STR("\x1b[31mred\nline\x07") : id);
    if (is_deed("wrong-object"))
        wire_put_bytes(&event, 3, STR("\x0a\x01\xc2"));
    else
        put_value(&event, 3, with(config, "id", value_string(id, arena), arena));
    if (is_deed("fails") && number == 1)
        put_problem(&event, 4, 1);
    put_message(out, strbuf_str(&event));
}

static void list(Str request, Stream *stream) {
    StrBuf *out = &stream->response;
    Value config = object_of(field_of(request, 2), out->arena);
    Value size = attribute(config, "size");
    int64_t count = 0;
    stream->is_list = true;
    stream->is_repeated = is_deed("more") || is_deed("warnings");
    stream->is_silent = is_deed("silent");
    if (value_is_present(size) && !value_to_int(size, &count))
        abort();
    for (int64_t i = 0; i < count; i++)
        put_event(out, config, i);
}

/* Returns the name of a call in protocol 6. */
static const char *newest_name(const char *method) {
    static const char *const names[][2] = {
        {"GetSchema", "GetProviderSchema"},
        {"PrepareProviderConfig", "ValidateProviderConfig"},
        {"Configure", "ConfigureProvider"},
        {"Stop", "StopProvider"},
        {"ValidateResourceTypeConfig", "ValidateResourceConfig"},
        {"ValidateDataSourceConfig", "ValidateDataResourceConfig"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        if (strcmp(method, names[i][0]) == 0)
            return names[i][1];
    }
    return method;
}

static void answer(const Connection *connection, const char *method, Str request, StrBuf *out) {
    if (strcmp(method, "GetProviderSchema") == 0)
        get_schema(out);
    else if (strcmp(method, "GetResourceIdentitySchemas") == 0)
        get_identities(out);
    else if (strcmp(method, "UpgradeResourceState") == 0)
        upgrade(request, 3, out);
    else if (strcmp(method, "ReadResource") == 0)
        read_object(request, out);
    else if (strcmp(method, "PlanResourceChange") == 0)
        plan(request, out);
    else if (strcmp(method, "ApplyResourceChange") == 0)
        apply(connection, request, out);
    else if (strcmp(method, "ImportResourceState") == 0)
        import(request, out);
    else if (strcmp(method, "MoveResourceState") == 0)
        upgrade(request, 4, out);
    else if (strcmp(method, "ReadDataSource") == 0)
        read_data(request, out);
    else if (strcmp(method, "OpenEphemeralResource") == 0)
        open_ephemeral(request, out);
    else if (strcmp(method, "GetFunctions") == 0)
        put_function(out, 1);
    else if (strcmp(method, "CallFunction") == 0)
        call_function(request, out);
}

/* Misbehaviour. */

static void flood(int fd) {
    char line[1024];
    memset(line, 'x', sizeof line);
    line[sizeof line - 1] = '\n';
    for (size_t i = 0; i < FLOOD / sizeof line; i++) {
        if (write(fd, line, sizeof line) < 0)
            return;
    }
}

/* Writes nested arrays as the object. */
static void nest(StrBuf *out) {
    StrBuf packed = strbuf_new(out->arena);
    StrBuf dynamic = strbuf_new(out->arena);
    strbuf_add_repeat(&packed, '\x91', NESTING);
    wire_put_bytes(&dynamic, 1, strbuf_str(&packed));
    wire_put_bytes(out, 1, strbuf_str(&dynamic));
}

static void put_msgpack(StrBuf *out, Str packed) {
    StrBuf dynamic = strbuf_new(out->arena);
    wire_put_bytes(&dynamic, 1, packed);
    wire_put_bytes(out, 1, strbuf_str(&dynamic));
}

/* Returns whether the deed replaces the response by one message. */
static bool spoils(void) {
    return is_deed("garbage") || is_deed("nothing") || is_deed("endless");
}

/* Changes the response to the chosen call. */
static void spoil(StrBuf *out) {
    static const struct {
        const char *name;
        Str packed;
    } objects[] = {
        {"wrong-type", STR_CONST("\xa3"
                                 "abc")},
        {"no-attribute", STR_CONST("\x80")},
        {"long-string", STR_CONST("\xdb\xff\xff\xff\xff")},
        {"long-map", STR_CONST("\xdf\xff\xff\xff\xff")},
    };
    size_t start = out->len;
    if (is_deed("warn")) /* of a validation */
        put_problem(out, 1, 2);
    for (size_t i = 0; i < ARRAY_COUNT(objects); i++) {
        if (is_deed(objects[i].name)) {
            out->len = PREFIX;
            put_msgpack(out, objects[i].packed);
        }
    }
    if (is_deed("garbage")) {
        out->len = PREFIX;
        for (unsigned i = 0; i < 5000; i++)
            strbuf_add_char(out, (char)(i * 2654435761u >> 13));
    } else if (is_deed("nested")) {
        out->len = PREFIX;
        nest(out);
    } else if (is_deed("nothing")) {
        out->len = PREFIX;
    } else if (is_deed("cut")) {
        out->len = start > PREFIX + 1 ? start - 1 : start;
    }
}

/* Deeds before the answer; a death comes before or after the change of an object. */
static void misbehave(bool has_answered) {
    if (is_deed(has_answered ? "kill-run-after" : "kill-run"))
        kill(run, SIGKILL);
    if (is_deed(has_answered ? "kill-keeper-after" : "kill-keeper"))
        kill_keeper();
    if (is_deed(has_answered ? "kill-both-after" : "kill-both")) {
        kill_keeper();
        kill(run, SIGKILL);
    }
    if (is_deed(has_answered ? "die-after" : "die"))
        kill(getpid(), SIGKILL);
    if (has_answered)
        return;
    if (is_deed("panic")) {
        fprintf(stderr, "panic: broken on demand\n\ngoroutine 1 [running]:\nmain.main()\n");
        _exit(2); /* stderr is not buffered */
    }
    if (is_deed("stdout"))
        flood(STDOUT_FILENO);
    if (is_deed("stderr"))
        flood(STDERR_FILENO);
    if (is_deed("hang"))
        for (;;)
            pause();
}

static bool is_chosen(const char *method) {
    pthread_mutex_lock(&lock);
    unsigned number = ++call_count;
    int fd = open(setting("STUB_LOG"), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (fd >= 0)
        dprintf(fd, "%u %s\n", number, method);
    if (fd >= 0)
        close(fd);
    pthread_mutex_unlock(&lock);
    const char *at = setting("STUB_AT");
    return strcmp(at, method) == 0 || strtoul(at, NULL, 10) == number;
}

/* HTTP/2. */

static Stream *stream_of(Connection *connection, int32_t id) {
    return &connection->streams[((size_t)id / 2) % STREAMS_MAX];
}

static ssize_t send_body(nghttp2_session *session, int32_t id, uint8_t *out, size_t size,
                         uint32_t *flags, nghttp2_data_source *, void *payload) {
    Stream *stream = stream_of(payload, id);
    size_t count = stream->response.len - stream->sent;
    if (stream->is_endless) {
        memset(out, 'e', size);
        if (stream->sent == 0)
            memcpy(out, "\0\xff\xff\xff\xff", PREFIX);
        stream->sent += size;
        return (ssize_t)size;
    }
    if (count == 0 && stream->is_silent)
        return NGHTTP2_ERR_DEFERRED;
    if (count == 0 && stream->is_repeated) {
        stream->sent = 0;
        count = stream->response.len;
    }
    count = count < size ? count : size;
    memcpy(out, stream->response.ptr + stream->sent, count);
    stream->sent += count;
    if (stream->sent == stream->response.len && !stream->is_silent && !stream->is_repeated) {
        nghttp2_nv status = {(uint8_t *)"grpc-status", (uint8_t *)"0", 11, 1, 0};
        *flags |= NGHTTP2_DATA_FLAG_EOF | NGHTTP2_DATA_FLAG_NO_END_STREAM;
        nghttp2_submit_trailer(session, id, &status, 1);
    }
    return (ssize_t)count;
}

static void write_all(Connection *connection) {
    const uint8_t *bytes;
    ssize_t count;
    while ((count = nghttp2_session_mem_send(connection->session, &bytes)) > 0) {
        while (count > 0) {
            ssize_t sent = send(connection->fd, bytes, (size_t)count, MSG_NOSIGNAL);
            if (sent <= 0)
                return;
            bytes += sent;
            count -= sent;
        }
    }
}

static void serve_call(Connection *connection, int32_t id) {
    Stream *stream = stream_of(connection, id);
    const char *method = newest_name(strrchr(stream->path, '/') + 1);
    if (strcmp(method, "Shutdown") == 0)
        exit(0);
    if (strcmp(method, "StreamStdio") == 0)
        return;
    bool is_bad = is_chosen(method);
    Str request = str_after(strbuf_str(&stream->request), PREFIX);
    does = is_bad ? setting("STUB_DOES") : "";
    stream->response = strbuf_new(connection->arena);
    strbuf_add_repeat(&stream->response, '\0', PREFIX);
    if (is_bad)
        misbehave(false);
    bool is_list = strcmp(method, "ListResource") == 0 && !spoils();
    if (is_list) {
        stream->response.len = 0;
        list(request, stream);
    } else {
        answer(connection, method, request, &stream->response);
    }
    if (is_bad) {
        spoil(&stream->response);
        misbehave(true);
        stream->is_endless = is_deed("endless");
    }
    size_t length = stream->response.len - PREFIX;
    for (size_t i = 1; i < PREFIX && !is_list; i++)
        stream->response.ptr[i] = (char)(uint8_t)(length >> (8 * (PREFIX - 1 - i)));
    nghttp2_nv headers[] = {
        {(uint8_t *)":status", (uint8_t *)"200", 7, 3, 0},
        {(uint8_t *)"content-type", (uint8_t *)"application/grpc", 12, 16, 0},
    };
    nghttp2_data_provider body = {.read_callback = send_body};
    nghttp2_submit_response(connection->session, id, headers, ARRAY_COUNT(headers), &body);
    write_all(connection);
}

static int on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name,
                     size_t name_length, const uint8_t *value, size_t value_length, uint8_t flags,
                     void *payload) {
    (void)session, (void)flags, (void)name_length;
    Connection *connection = payload;
    if (strcmp((const char *)name, ":path") == 0) {
        Str path = {(const char *)value, value_length};
        *stream_of(connection, frame->hd.stream_id) =
            (Stream){.path = (char *)str_to_cstr(path, connection->arena),
                     .request = strbuf_new(connection->arena)};
    }
    return 0;
}

static int on_data(nghttp2_session *session, uint8_t flags, int32_t id, const uint8_t *bytes,
                   size_t length, void *payload) {
    (void)session, (void)flags;
    strbuf_add(&stream_of(payload, id)->request, (Str){(const char *)bytes, length});
    return 0;
}

static int on_frame(nghttp2_session *, const nghttp2_frame *frame, void *payload) {
    bool has_body = frame->hd.type == NGHTTP2_DATA || frame->hd.type == NGHTTP2_HEADERS;
    if (has_body && frame->hd.flags & NGHTTP2_FLAG_END_STREAM)
        serve_call(payload, frame->hd.stream_id);
    return 0;
}

static void *serve_connection(void *payload) {
    Connection *connection = payload;
    nghttp2_session_callbacks *callbacks;
    char buffer[65536];
    ssize_t length;
    nghttp2_session_callbacks_new(&callbacks);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
    nghttp2_session_server_new(&connection->session, callbacks, connection);
    nghttp2_submit_settings(connection->session, NGHTTP2_FLAG_NONE, NULL, 0);
    write_all(connection);
    while ((length = recv(connection->fd, buffer, sizeof buffer, 0)) > 0) {
        if (nghttp2_session_mem_recv(connection->session, (uint8_t *)buffer, (size_t)length) < 0)
            break;
        write_all(connection);
    }
    close(connection->fd);
    return NULL;
}

static int listen_at(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strncpy(address.sun_path, path, sizeof address.sun_path - 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, 16) != 0)
        return -1;
    return fd;
}

int main(void) {
    char path[200];
    Arena *arena = arena_open("provider");
    static const Str names[] = {STR_CONST("id"), STR_CONST("name"), STR_CONST("size")};
    static const Type *const types[] = {&TYPE_STRING, &TYPE_STRING, &TYPE_NUMBER};
    object_type = type_object(names, types, NULL, ARRAY_COUNT(names), arena);
    run = getppid();
    snprintf(path, sizeof path, "%s/s%d", setting("PLUGIN_UNIX_SOCKET_DIR"), (int)getpid());
    int listener = listen_at(path);
    if (listener < 0) {
        fprintf(stderr, "cannot listen at %s: %s\n", path, strerror(errno));
        return 1;
    }
    printf("1|%s|unix|%s|grpc|\n", strcmp(setting("STUB_PROTOCOL"), "5") == 0 ? "5" : "6", path);
    fflush(stdout);
    for (int fd; (fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC)) >= 0;) {
        pthread_t thread;
        Arena *own = arena_open("connection");
        Connection *connection = arena_new(own, Connection);
        connection->fd = fd;
        connection->arena = own;
        pthread_create(&thread, NULL, serve_connection, connection);
        pthread_detach(thread);
    }
    return 0;
}

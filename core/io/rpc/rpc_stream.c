/* rpc_stream: message prefixes, status trailers and their defaults. */
#include "rpc_stream.h"

enum { HTTP_OK = 200, STATUS_MAX = 16, PROBLEM_MAX = 64 << 10, FIRST_RESERVE = 1 << 20 };
enum { RESET_REFUSED_STREAM = 7, RESET_CANCEL = 8 }; /* error codes of HTTP/2 */

void rpc_stream_init(RpcStream *stream, const RpcRequest *request, Arena *arena) {
    *stream = (RpcStream){.request = request, .arena = arena, .message = strbuf_new(arena)};
    uint64_t length = request->message.len;
    CHECK(length <= UINT32_MAX);
    for (size_t i = 1; i < RPC_PREFIX_SIZE; i++)
        stream->prefix[i] = (char)(uint8_t)(length >> (8 * (RPC_PREFIX_SIZE - 1 - i)));
}

static size_t stream_copy_part(Str from, size_t start, char *out, size_t size) {
    if (start >= from.len)
        return 0;
    Str part = str_slice(from, start, start + size);
    memcpy(out, part.ptr, part.len);
    return part.len;
}

size_t rpc_stream_send(RpcStream *stream, char *out, size_t size, bool *is_end) {
    Str prefix = {stream->prefix, RPC_PREFIX_SIZE};
    Str message = stream->request->message;
    size_t count = stream_copy_part(prefix, stream->sent, out, size);
    stream->sent += count;
    if (stream->sent >= RPC_PREFIX_SIZE) {
        size_t more =
            stream_copy_part(message, stream->sent - RPC_PREFIX_SIZE, out + count, size - count);
        stream->sent += more;
        count += more;
    }
    *is_end = stream->sent == RPC_PREFIX_SIZE + message.len;
    return count;
}

void rpc_stream_fail(RpcStream *stream, RpcStatus status, bool is_lost, Str problem) {
    if (stream->is_done)
        return;
    stream->is_done = true;
    stream->response = (RpcResponse){.status = status, .problem = problem, .is_lost = is_lost};
}

static int stream_hex_digit(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Decodes percent encoding. Keeps invalid sequences unchanged, as gRPC specifies. */
static Str decode_problem(Str text, Arena *arena) {
    StrBuf decoded = strbuf_new(arena);
    for (size_t i = 0; i < text.len; i++) {
        int high = i + 2 < text.len && text.ptr[i] == '%' ? stream_hex_digit(text.ptr[i + 1]) : -1;
        int low = high >= 0 ? stream_hex_digit(text.ptr[i + 2]) : -1;
        if (low < 0) {
            strbuf_add_char(&decoded, text.ptr[i]);
            continue;
        }
        strbuf_add_char(&decoded, (char)(high << 4 | low));
        i += 2;
    }
    return strbuf_str(&decoded);
}

static void stream_read_status(RpcStream *stream, Str value) {
    int64_t status;
    bool is_known = str_to_int64(value, &status) && status >= 0 && status <= STATUS_MAX;
    stream->has_status = true;
    stream->response.status = is_known ? (RpcStatus)status : RPC_UNKNOWN;
}

void rpc_stream_header(RpcStream *stream, Str name, Str value) {
    int64_t number;
    if (stream->is_done)
        return;
    if (str_equal(name, STR(":status"))) {
        stream->http_status = str_to_int64(value, &number) && number < 1000 ? (int)number : 0;
    } else if (str_equal(name, STR("grpc-status"))) {
        stream_read_status(stream, value);
    } else if (str_equal(name, STR("grpc-message"))) {
        stream->response.problem = decode_problem(str_slice(value, 0, PROBLEM_MAX), stream->arena);
    } else if (str_equal(name, STR("grpc-encoding")) && !str_equal(value, STR("identity"))) {
        rpc_stream_fail(stream, RPC_INTERNAL, true, STR("the response is compressed"));
    }
}

/* Returns whether the response may have any number of messages. */
static bool is_streamed(const RpcStream *stream) {
    return stream->on_watched || stream->request->on_message;
}

static bool begin_message(RpcStream *stream) {
    stream->message_length = 0;
    for (size_t i = 1; i < RPC_PREFIX_SIZE; i++)
        stream->message_length = stream->message_length << 8 | (uint8_t)stream->head[i];
    if (stream->head[0] != 0)
        rpc_stream_fail(stream, RPC_INTERNAL, true, STR("the response is compressed"));
    else if (stream->message_length > RPC_MESSAGE_MAX)
        rpc_stream_fail(stream, RPC_RESOURCE_EXHAUSTED, true, STR("the response is too long"));
    else if (!is_streamed(stream) && stream->message_count > 0)
        rpc_stream_fail(stream, RPC_INTERNAL, true, STR("the response has a second message"));
    stream->message.len = 0;
    if (!stream->is_done) /* the prefix may be wrong, so reserve at most FIRST_RESERVE */
        strbuf_reserve(&stream->message, stream->message_length < FIRST_RESERVE
                                             ? stream->message_length
                                             : FIRST_RESERVE);
    return !stream->is_done;
}

static void stream_enqueue(RpcQueue *queue, Str message) {
    if (!queue->arena)
        queue->arena = arena_open("rpc messages");
    vec_push(queue->arena, &queue->messages, str_clone(message, queue->arena));
}

static void end_message(RpcStream *stream) {
    stream->message_count++;
    stream->head_length = 0;
    if (stream->on_watched)
        stream->on_watched(stream->request->payload, strbuf_str(&stream->message));
    else if (stream->request->on_message)
        stream_enqueue(&stream->queue, strbuf_str(&stream->message));
}

void rpc_stream_take(RpcStream *stream, RpcQueue *out) {
    *out = stream->queue;
    stream->queue = (RpcQueue){0};
}

/* Completes the prefix of a message; returns the bytes after it. */
static Str fill_head(RpcStream *stream, Str bytes) {
    size_t missing = RPC_PREFIX_SIZE - stream->head_length;
    Str part = str_slice(bytes, 0, missing);
    memcpy(stream->head + stream->head_length, part.ptr, part.len);
    stream->head_length += part.len;
    return str_after(bytes, part.len);
}

bool rpc_stream_data(RpcStream *stream, Str bytes) {
    while (bytes.len > 0 && !stream->is_done) {
        if (stream->head_length < RPC_PREFIX_SIZE) {
            bytes = fill_head(stream, bytes);
            if (stream->head_length < RPC_PREFIX_SIZE)
                return true;
            if (!begin_message(stream))
                return false;
        }
        Str part = str_slice(bytes, 0, stream->message_length - stream->message.len);
        strbuf_add(&stream->message, part);
        bytes = str_after(bytes, part.len);
        if (stream->message.len == stream->message_length)
            end_message(stream);
    }
    return !stream->is_done;
}

static void end_without_status(RpcStream *stream, uint32_t reset) {
    Arena *arena = stream->arena;
    if (reset == RESET_CANCEL)
        rpc_stream_fail(stream, RPC_CANCELLED, true, STR("the server cancelled the call"));
    else if (reset != 0)
        rpc_stream_fail(stream, reset == RESET_REFUSED_STREAM ? RPC_UNAVAILABLE : RPC_INTERNAL,
                        true, str_format(arena, "the server reset the call (code %u)", reset));
    else if (stream->http_status != HTTP_OK)
        rpc_stream_fail(
            stream, RPC_UNKNOWN, true,
            str_format(arena, "the server responded with the HTTP status %d", stream->http_status));
    else
        rpc_stream_fail(stream, RPC_INTERNAL, true,
                        STR("the server ended the call without a status"));
}

void rpc_stream_end(RpcStream *stream, uint32_t reset) {
    if (!stream->is_done && !stream->has_status)
        end_without_status(stream, reset);
    if (stream->is_done)
        return;
    bool is_whole = stream->head_length == 0;
    bool is_one = stream->message_count == 1 || is_streamed(stream);
    if (stream->response.status == RPC_OK && (!is_whole || !is_one)) {
        rpc_stream_fail(stream, RPC_INTERNAL, true, STR("the response is cut off"));
        return;
    }
    stream->is_done = true;
    if (stream->response.status == RPC_OK && !is_streamed(stream))
        stream->response.message = strbuf_str(&stream->message);
}

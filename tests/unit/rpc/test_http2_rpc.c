/* Calls over HTTP/2 to a server with valid, invalid, slow, fragmented or missing responses. */
#include "http2_rpc.h"
#include "rpc_server.h"

static Server server;
static RpcChannel *channel;

static void open_channel_to(Server settings) {
    Str problem = STR_EMPTY;
    server = settings;
    server_start(&server);
    if (!http2_rpc.open(NULL, str_from_cstr(server.path), &channel, &problem, arena))
        fail_msg("%.*s", STR_ARG(problem));
}

static void close_all(void) {
    http2_rpc.close(NULL, channel);
    server_end(&server);
}

static RpcResponse call(const char *method, Str message) {
    RpcRequest request = {.method = method, .message = message};
    RpcResponse response;
    http2_rpc.call(NULL, channel, &request, &response, arena);
    return response;
}

static Str text_of(char c, size_t length) {
    StrBuf text = strbuf_new(arena);
    strbuf_add_repeat(&text, c, length);
    return strbuf_str(&text);
}

static void check_echo(size_t length) {
    Str message = text_of('e', length);
    RpcResponse response = call("/echo", message);
    assert_int_equal(response.status, RPC_OK);
    assert_true(str_equal(response.message, message));
}

static void echoes(void **) {
    open_channel_to((Server){0});
    for (size_t i = 0; i < 100; i++)
        check_echo(i * 7);
    close_all();
}

/* Every frame header, prefix and trailer is cut at every place. */
static void bytes_arrive_one_by_one(void **) {
    static const size_t splits[] = {1, 2, 3, 5, 9, 17};
    for (size_t i = 0; i < ARRAY_COUNT(splits); i++) {
        open_channel_to((Server){.split = splits[i]});
        check_echo(0);
        check_echo(300);
        assert_int_equal(call("/not-found", STR_EMPTY).status, 5);
        check_echo(3000);
        close_all();
    }
}

/* Larger than the windows of a stream and of the socket, in both directions. */
static void long_messages(void **) {
    open_channel_to((Server){0});
    check_echo((size_t)3 << 20);
    RpcResponse response = call("/size/100000000", STR_EMPTY);
    assert_int_equal(response.status, RPC_OK);
    assert_int_equal(response.message.len, 100000000);
    check_echo(10);
    close_all();
}

static void statuses(void **) {
    static const struct {
        const char *method;
        int status;
        bool is_lost;
        const char *problem;
    } cases[] = {
        {"/not-found", 5, false, "no \xC3\xA9%"},
        {"/late-error", RPC_INTERNAL, false, "late"},
        {"/no-message", RPC_INTERNAL, true, "the response is cut off"},
        {"/two", RPC_INTERNAL, true, "the response has a second message"},
        {"/cut", RPC_INTERNAL, true, "the response is cut off"},
        {"/cut-prefix", RPC_INTERNAL, true, "the response is cut off"},
        {"/too-long", RPC_RESOURCE_EXHAUSTED, true, "the response is too long"},
        {"/compressed", RPC_INTERNAL, true, "the response is compressed"},
        {"/gzip", RPC_INTERNAL, true, "the response is compressed"},
        {"/http-500", RPC_UNKNOWN, true, "the server responded with the HTTP status 500"},
        {"/no-status", RPC_INTERNAL, true, "the server ended the call without a status"},
        {"/bad-status", RPC_UNKNOWN, false, ""},
        {"/refused", RPC_UNAVAILABLE, true, "the server reset the call (code 7)"},
        {"/cancelled", RPC_CANCELLED, true, "the server cancelled the call"},
    };
    open_channel_to((Server){0});
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        RpcResponse response = call(cases[i].method, STR("request"));
        if ((int)response.status != cases[i].status || response.is_lost != cases[i].is_lost)
            fail_msg("%s: %d %d", cases[i].method, response.status, response.is_lost);
        check_str(response.problem, cases[i].problem);
        check_echo(5); /* the connection still works */
    }
    check_str(call("/empty", STR_EMPTY).message, "");
    close_all();
}

static void connection_breaks(void **) {
    open_channel_to((Server){0});
    check_echo(5);
    RpcResponse response = call("/close", STR_EMPTY);
    assert_int_equal(response.status, RPC_UNAVAILABLE);
    assert_true(response.is_lost);
    response = call("/echo", STR_EMPTY);
    assert_int_equal(response.status, RPC_UNAVAILABLE);
    assert_false(response.is_lost); /* it was never sent */
    close_all();
}

static void no_http2(void **) {
    Str problem = STR_EMPTY;
    server = (Server){.sends_garbage = true};
    server_start(&server);
    assert_false(http2_rpc.open(NULL, str_from_cstr(server.path), &channel, &problem, arena));
    check_str(problem, "the server ended the connection or broke its protocol");
    server_end(&server);
}

static void server_closes_connection(void **) {
    open_channel_to((Server){0});
    assert_int_equal(call("/goaway", STR("x")).status, RPC_OK);
    assert_int_equal(call("/echo", STR("x")).status, RPC_UNAVAILABLE);
    close_all();
}

static void gives_up(void **) {
    CancelToken *cancel = cancel_open();
    RpcRequest request = {.method = "/hang", .timeout_ms = 30};
    RpcResponse response;
    open_channel_to((Server){0});
    http2_rpc.call(NULL, channel, &request, &response, arena);
    assert_int_equal(response.status, RPC_DEADLINE_EXCEEDED);
    assert_true(response.is_lost);
    cancel_raise(cancel, CANCEL_STOP); /* the provider is asked to stop; calls end by themselves */
    request = (RpcRequest){.method = "/echo", .cancel = cancel};
    http2_rpc.call(NULL, channel, &request, &response, arena);
    assert_int_equal(response.status, RPC_OK);
    cancel_raise(cancel, CANCEL_NOW);
    request = (RpcRequest){.method = "/hang", .cancel = cancel};
    http2_rpc.call(NULL, channel, &request, &response, arena);
    assert_int_equal(response.status, RPC_CANCELLED);
    check_echo(3);
    assert_int_equal(__atomic_load_n(&server.reset_count, __ATOMIC_SEQ_CST), 2);
    close_all();
    cancel_close(cancel);
}

static void raise_again(void *payload) {
    call("/echo", STR("the channel is free"));
    cancel_raise(payload, CANCEL_NOW);
}

/* The first signal lets the caller ask the server to end the call. */
static void reports_the_first_signal(void **) {
    CancelToken *cancel = cancel_open();
    RpcRequest request = {
        .method = "/hang", .cancel = cancel, .on_stop = raise_again, .stop_payload = cancel};
    RpcResponse response;
    open_channel_to((Server){0});
    cancel_raise(cancel, CANCEL_STOP);
    http2_rpc.call(NULL, channel, &request, &response, arena);
    assert_int_equal(response.status, RPC_CANCELLED);
    close_all();
    cancel_close(cancel);
}

typedef struct Received {
    size_t count;
    size_t bytes;
} Received;

static void count_message(void *payload, Str message) {
    Received *received = payload;
    __atomic_add_fetch(&received->bytes, message.len, __ATOMIC_SEQ_CST);
    __atomic_add_fetch(&received->count, 1, __ATOMIC_SEQ_CST);
}

static bool receive_message(void *payload, Str message) {
    count_message(payload, message);
    return true;
}

static void streams(void **) {
    static const size_t splits[] = {0, 7};
    for (size_t i = 0; i < ARRAY_COUNT(splits); i++) {
        Received received = {0};
        RpcRequest request = {
            .method = "/stream/1000", .on_message = receive_message, .payload = &received};
        RpcResponse response;
        open_channel_to((Server){.split = splits[i]});
        http2_rpc.call(NULL, channel, &request, &response, arena);
        assert_int_equal(response.status, RPC_OK);
        assert_int_equal(received.count, 1000);
        assert_int_equal(received.bytes, 1000);
        request.method = "/stream/0";
        http2_rpc.call(NULL, channel, &request, &response, arena);
        assert_int_equal(response.status, RPC_OK);
        request.method = "/not-found";
        http2_rpc.call(NULL, channel, &request, &response, arena);
        assert_int_equal(response.status, 5);
        close_all();
    }
}

/* Receives three messages, with calls over the same channel in between. */
static bool receive_three(void *payload, Str message) {
    Received *received = payload;
    count_message(payload, message);
    check_echo(20);
    return received->count < 3;
}

static void ends_a_stream_early(void **) {
    Received received = {0};
    RpcRequest request = {
        .method = "/stream/100000", .on_message = receive_three, .payload = &received};
    RpcResponse response;
    open_channel_to((Server){0});
    http2_rpc.call(NULL, channel, &request, &response, arena);
    assert_int_equal(response.status, RPC_OK);
    assert_int_equal(received.count, 3);
    check_echo(5);
    close_all();
}

/* More bytes than the window of a stream: it opens again while the caller receives. */
static void long_streams(void **) {
    Received received = {0};
    RpcRequest request = {
        .method = "/stream/4000000", .on_message = receive_message, .payload = &received};
    RpcResponse response;
    open_channel_to((Server){0});
    http2_rpc.call(NULL, channel, &request, &response, arena);
    assert_int_equal(response.status, RPC_OK);
    assert_int_equal(received.count, 4000000);
    close_all();
}

static void watches(void **) {
    Received received = {0};
    open_channel_to((Server){0});
    RpcWatch watched = {.method = "/stream/3", .on_message = count_message, .payload = &received};
    http2_rpc.watch(NULL, channel, &watched);
    watched.method = "/not-found";
    http2_rpc.watch(NULL, channel, &watched);
    watched.method = "/hang";
    http2_rpc.watch(NULL, channel, &watched);
    check_echo(1); /* the server responds in order */
    assert_int_equal(__atomic_load_n(&received.count, __ATOMIC_SEQ_CST), 3);
    close_all();
}

enum { CALLERS = 8, CALLS = 200 };

static void *call_often(void *) {
    Arena *own = arena_open("caller");
    for (size_t i = 0; i < CALLS; i++) {
        StrBuf message = strbuf_new(own);
        strbuf_add_repeat(&message, (char)('a' + i % 26), i * 31 % 5000);
        RpcRequest request = {.method = i % 10 == 9 ? "/not-found" : "/echo",
                              .message = strbuf_str(&message)};
        RpcResponse response;
        http2_rpc.call(NULL, channel, &request, &response, own);
        bool is_right =
            i % 10 == 9 ? response.status == 5
                        : response.status == RPC_OK && str_equal(response.message, request.message);
        if (!is_right) {
            print_error("call %zu: status %d, %.*s\n", i, response.status,
                        STR_ARG(response.problem));
            return own;
        }
        arena_reset(own);
    }
    arena_close(own);
    return NULL;
}

static void run_callers(void) {
    pthread_t threads[CALLERS];
    for (size_t i = 0; i < CALLERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, call_often, NULL), 0);
    for (size_t i = 0; i < CALLERS; i++) {
        void *failed;
        pthread_join(threads[i], &failed);
        assert_null(failed);
    }
}

static void many_threads(void **) {
    static const Server settings[] = {{.split = 0}, {.stream_limit = 2}, {.split = 1000}};
    for (size_t i = 0; i < ARRAY_COUNT(settings); i++) {
        open_channel_to(settings[i]);
        run_callers();
        close_all();
    }
}

/* Calls in flight end when the connection breaks under them. */
static void *call_hanging(void *payload) {
    RpcRequest request = {.method = "/hang"};
    RpcResponse response;
    Arena *own = arena_open("caller");
    http2_rpc.call(NULL, channel, &request, &response, own);
    *(bool *)payload = response.status == RPC_UNAVAILABLE && response.is_lost;
    arena_close(own);
    return NULL;
}

static void breaks_under_many_threads(void **) {
    pthread_t threads[CALLERS];
    bool is_right[CALLERS] = {false};
    open_channel_to((Server){0});
    for (size_t i = 0; i < CALLERS; i++)
        pthread_create(&threads[i], NULL, call_hanging, &is_right[i]);
    usleep(20000);
    call("/close", STR_EMPTY);
    size_t ended = 0;
    for (size_t i = 0; i < CALLERS; i++) {
        pthread_join(threads[i], NULL);
        ended += is_right[i];
    }
    assert_true(ended > 0);
    close_all();
}

static void no_server(void **) {
    Str too_long = text_of('y', 200);
    const char *paths[] = {"", "no-such-socket", str_to_cstr(too_long, arena)};
    for (size_t i = 0; i < ARRAY_COUNT(paths); i++) {
        Str problem = STR_EMPTY;
        assert_false(http2_rpc.open(NULL, str_from_cstr(paths[i]), &channel, &problem, arena));
        assert_true(str_starts_with(problem, STR("cannot connect to ")));
    }
}

UNIT_MAIN(test_http2_rpc) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(echoes),
        cmocka_unit_test(bytes_arrive_one_by_one),
        cmocka_unit_test(long_messages),
        cmocka_unit_test(statuses),
        cmocka_unit_test(connection_breaks),
        cmocka_unit_test(no_http2),
        cmocka_unit_test(server_closes_connection),
        cmocka_unit_test(gives_up),
        cmocka_unit_test(reports_the_first_signal),
        cmocka_unit_test(streams),
        cmocka_unit_test(ends_a_stream_early),
        cmocka_unit_test(long_streams),
        cmocka_unit_test(watches),
        cmocka_unit_test(many_threads),
        cmocka_unit_test(breaks_under_many_threads),
        cmocka_unit_test(no_server),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}

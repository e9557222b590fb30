/* libcurl against a server that handles one connection at a time: requests and responses. */
#include "unit.h"

#include "curl_http.h"
#include "disk.h"
#include "thread.h"

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#define WIRE_SIZE ((size_t)8192)

/* Answers one connection after another with fixed bytes, and keeps the requests. */
typedef struct Server {
    int listener;
    uint16_t port;
    const char *const *answers; /* NULL-terminated; "" hangs up, "reset" without an orderly end,
                                   "wait" never answers */
    char *asked;
    size_t asked_len;
    Thread *thread;
    int stop[2];
    SSL_CTX *tls; /* NULL: none */
} Server;

static bool is_whole(const char *text) {
    const char *end = strstr(text, "\r\n\r\n");
    const char *length = strcasestr(text, "content-length: ");
    bool is_greeting = text[0] == 0x16; /* of TLS; the first bytes are enough */
    if (is_greeting)
        return true;
    return end &&
           (!length || length > end || strlen(end + 4) >= (size_t)strtol(length + 16, NULL, 10));
}

/* A TLS handshake with a client certificate. */
static void serve_tls(Server *server, int fd, const char *answer) {
    SSL *tls = SSL_new(server->tls);
    SSL_set_fd(tls, fd);
    if (SSL_accept(tls) == 1) {
        int got = SSL_read(tls, server->asked, (int)WIRE_SIZE - 1);
        server->asked[got > 0 ? got : 0] = '\0';
        (void)SSL_write(tls, answer, (int)strlen(answer));
        (void)SSL_shutdown(tls);
    }
    SSL_free(tls);
    close(fd);
}

static void serve_one(Server *server, const char *answer) {
    int fd = accept(server->listener, NULL, NULL);
    if (server->tls) {
        serve_tls(server, fd, answer);
        return;
    }
    char *request = server->asked + server->asked_len;
    size_t got = 0;
    while (fd >= 0 && !is_whole(request)) {
        ssize_t piece = read(fd, request + got, WIRE_SIZE - server->asked_len - got - 1);
        if (piece <= 0)
            break;
        got += (size_t)piece;
        request[got] = '\0';
    }
    server->asked_len += got;
    char byte;
    if (strcmp(answer, "wait") == 0)
        (void)!read(server->stop[0], &byte, 1);
    else if (strcmp(answer, "reset") == 0)
        (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &(struct linger){1, 0}, sizeof(struct linger));
    else
        (void)!write(fd, answer, strlen(answer));
    close(fd);
}

static void serve(void *payload) {
    Server *server = payload;
    for (const char *const *answer = server->answers; *answer; answer++)
        serve_one(server, *answer);
}

static void server_start(Server *server, const char *const *answers, Arena *arena) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    *server =
        (Server){.answers = answers, .asked = arena_alloc(arena, WIRE_SIZE), .tls = server->tls};
    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(pipe(server->stop), 0);
    assert_int_equal(bind(server->listener, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(server->listener, 8), 0);
    assert_int_equal(getsockname(server->listener, (struct sockaddr *)&address, &size), 0);
    server->port = ntohs(address.sin_port);
    server->thread = thread_start(THREAD_ATTEMPT, serve, server);
    assert_non_null(server->thread);
}

static void server_stop(Server *server) {
    (void)!write(server->stop[1], "x", 1);
    thread_join(server->thread);
    close(server->listener);
    close(server->stop[0]);
    close(server->stop[1]);
}

static int keep(void *payload, Str piece) {
    strbuf_add(payload, piece);
    return 0;
}

static int refuse(void *payload, Str piece) {
    (void)payload, (void)piece;
    return -ENOSPC;
}

typedef struct Got {
    HttpStatus status;
    HttpResponse response;
    Str body;
    Str problem;
} Got;

static Got ask(const Server *server, HttpRequest request, const char *path, Arena *arena) {
    Got got = {0};
    StrBuf body = strbuf_new(arena);
    HttpSink sink = {keep, &body};
    request.url = str_format(arena, "http://127.0.0.1:%d%s", server->port, path);
    got.status = curl_http.attempt(NULL, &request, &sink, &got.response, &got.problem, arena);
    got.body = strbuf_str(&body);
    return got;
}

static bool was_asked(const Server *server, const char *text) {
    if (strstr(server->asked, text))
        return true;
    print_error("not in the request: %s\n%s\n", text, server->asked);
    return false;
}

static void plain(void **) {
    static const char *const answers[] = {
        "HTTP/1.1 200 OK\r\nX-Thing:  two words \r\nx-lower: 1\r\nContent-Length: 5\r\n\r\nhello",
        NULL};
    SCOPED(ArenaRef) arena = arena_open("test");
    Server server = {0};
    server_start(&server, answers, arena);
    Got got = ask(&server, (HttpRequest){.body_limit = 0}, "/x/../a//./b?b=c", arena);
    server_stop(&server);
    assert_int_equal(got.status, HTTP_DONE);
    assert_int_equal(got.response.code, 200);
    check_str(got.body, "hello");
    check_str(http_header(&got.response, "x-thing"), "two words");
    check_str(http_header(&got.response, "x-lower"), "1");
    check_str(http_header(&got.response, "x-other"), "");
    check_str(http_header(&got.response, "x-lower"), "1");
    assert_true(was_asked(&server, "GET /x/../a//./b?b=c HTTP/1.1\r\n"));
    assert_true(was_asked(&server, "User-Agent: loam/"));
}

/* A chunked response may have trailers after its body. */
static void trailers(void **) {
    static const char *const answers[] = {
        "HTTP/1.1 400 Bad Request\r\nX-Thing: one\r\nTrailer: X-Later\r\nTransfer-Encoding: "
        "chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Later: two\r\nX-Thing: two\r\n\r\n",
        NULL};
    SCOPED(ArenaRef) arena = arena_open("test");
    Server server = {0};
    server_start(&server, answers, arena);
    Got got = ask(&server, (HttpRequest){.body_limit = 0}, "/", arena);
    server_stop(&server);
    assert_int_equal(got.status, HTTP_DONE);
    assert_int_equal(got.response.code, 400);
    check_str(got.body, "hello");
    check_str(http_header(&got.response, "x-thing"), "one");
    check_str(http_header(&got.response, "x-later"), "");
}

static void with_body(void **state) {
    (void)state;
    static const char *const answers[] = {"HTTP/1.1 423 Locked\r\nContent-Length: 2\r\n\r\n{}",
                                          NULL};
    SCOPED(ArenaRef) arena = arena_open("test");
    Server server = {0};
    HttpRequest request = {
        .method = STR("LOCK"), .body = STR("{\"ID\":1}"), .user = STR("u"), .password = STR("p")};
    vec_push(arena, &request.headers, (HttpHeader){STR("Content-Type"), STR("application/json")});
    server_start(&server, answers, arena);
    Got got = ask(&server, request, "/state", arena);
    server_stop(&server);
    assert_int_equal(got.status, HTTP_DONE);
    assert_int_equal(got.response.code, 423);
    assert_true(was_asked(&server, "LOCK /state HTTP/1.1\r\n"));
    assert_true(was_asked(&server, "Content-Type: application/json\r\n"));
    assert_true(was_asked(&server, "Authorization: Basic dTpw\r\n"));
    assert_true(was_asked(&server, "\r\n\r\n{\"ID\":1}"));
}

#define REDIRECT                                                                                   \
    "HTTP/1.1 302 Found\r\nLocation: /b\r\nX-First: 1\r\nContent-Length: 0\r\nConnection: close"   \
    "\r\n\r\n"

static void redirects(void **) {
    static const char *const answers[] = {REDIRECT, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nb",
                                          NULL};
    static const char *const one[] = {REDIRECT, NULL};
    static const char *const two[] = {REDIRECT, REDIRECT, NULL};
    SCOPED(ArenaRef) arena = arena_open("test");
    Server server = {0};
    server_start(&server, answers, arena);
    Got got = ask(&server, (HttpRequest){.body_limit = 0}, "/a", arena);
    server_stop(&server);
    assert_int_equal(got.status, HTTP_DONE);
    check_str(got.body, "b");
    check_str(http_header(&got.response, "x-first"), "");
    assert_true(str_ends_with(got.response.url, STR("/b")));

    server_start(&server, one, arena);
    got = ask(&server, (HttpRequest){.redirect_limit = -1}, "/a", arena);
    server_stop(&server);
    assert_int_equal(got.status, HTTP_DONE);
    assert_int_equal(got.response.code, 302);

    server_start(&server, two, arena);
    got = ask(&server, (HttpRequest){.redirect_limit = 1}, "/a", arena);
    server_stop(&server);
    assert_int_equal(got.status, HTTP_TOO_MANY_REDIRECTS);
}

static void failures(void **) {
    static const char *const large[] = {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", NULL};
    static const char *const cut[] = {"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello", NULL};
    static const char *const nothing[] = {"", NULL};
    static const char *const silent[] = {"wait", NULL};
    static const char *const file[] = {
        "HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n", NULL};
    static const struct {
        const char *const *answers;
        HttpRequest request;
        HttpStatus wanted;
    } cases[] = {
        {large, {.body_limit = 4}, HTTP_TOO_LARGE},    {large, {.body_limit = 5}, HTTP_DONE},
        {cut, {.body_limit = 0}, HTTP_LOST},           {nothing, {.body_limit = 0}, HTTP_LOST},
        {silent, {.timeout_ms = 200}, HTTP_TIMED_OUT}, {file, {.body_limit = 0}, HTTP_REFUSED_URL},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Server server = {0};
        server_start(&server, cases[i].answers, arena);
        Got got = ask(&server, cases[i].request, "/", arena);
        server_stop(&server);
        if (got.status != cases[i].wanted)
            fail_msg("case %zu: %d instead of %d: %.*s", i, (int)got.status, (int)cases[i].wanted,
                     STR_ARG(got.problem));
        assert_int_equal(got.problem.len > 0, got.status != HTTP_DONE);
    }
}

static void failed_connections(void **) {
    static const struct {
        const char *url;
        HttpStatus wanted;
    } cases[] = {
        {"http://127.0.0.1:1/", HTTP_NO_CONNECTION},
        {"http://unused.invalid/", HTTP_UNKNOWN_NAME},
        {"file:///etc/passwd", HTTP_REFUSED_URL},
        {"ftp://127.0.0.1/", HTTP_REFUSED_URL},
        {"http://", HTTP_REFUSED_URL},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        StrBuf body = strbuf_new(arena);
        HttpSink sink = {keep, &body};
        HttpRequest request = {.url = str_from_cstr(cases[i].url)};
        HttpResponse response;
        Str problem = STR_EMPTY;
        HttpStatus status = curl_http.attempt(NULL, &request, &sink, &response, &problem, arena);
        if (status != cases[i].wanted)
            fail_msg("%s: %d instead of %d", cases[i].url, (int)status, (int)cases[i].wanted);
        assert_true(problem.len > 0);
    }
}

static void not_kept(void **) {
    static const char *const answers[] = {"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na", NULL};
    SCOPED(ArenaRef) arena = arena_open("test");
    Server server = {0};
    HttpSink sink = {refuse, NULL};
    HttpResponse response;
    Str problem = STR_EMPTY;
    server_start(&server, answers, arena);
    HttpRequest request = {.url = str_format(arena, "http://127.0.0.1:%d/", server.port)};
    assert_int_equal(curl_http.attempt(NULL, &request, &sink, &response, &problem, arena),
                     HTTP_NOT_KEPT);
    server_stop(&server);
    check_str(problem, strerror(ENOSPC));
}

static void raise_soon(void *payload) {
    usleep(100000);
    cancel_raise(payload, CANCEL_STOP);
}

static void cancelled(void **) {
    static const char *const silent[] = {"wait", NULL};
    SCOPED(ArenaRef) arena = arena_open("test");
    CancelToken *cancel = cancel_open();
    Server server = {0};
    server_start(&server, silent, arena);
    Thread *thread = thread_start(THREAD_ATTEMPT, raise_soon, cancel);
    Got got = ask(&server, (HttpRequest){.cancel = cancel}, "/", arena);
    thread_join(thread);
    server_stop(&server);
    assert_int_equal(got.status, HTTP_CANCELLED);
    cancel_close(cancel);
}

typedef struct Identity {
    EVP_PKEY *key;
    X509 *certificate; /* self-signed */
    Str key_pem;
    Str certificate_pem;
} Identity;

static Str pem_text(BIO *bio, Arena *arena) {
    char *bytes;
    long size = BIO_get_mem_data(bio, &bytes);
    Str text = str_clone((Str){bytes, (size_t)size}, arena);
    BIO_free(bio);
    return text;
}

static Identity identity_new(const char *name, Arena *arena) {
    Identity identity = {EVP_EC_gen("P-256"), X509_new(), STR_EMPTY, STR_EMPTY};
    X509 *certificate = identity.certificate;
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, identity.key);
    X509_NAME *subject = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)name, -1, -1, 0);
    X509_set_issuer_name(certificate, subject);
    X509_EXTENSION *host = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, "IP:127.0.0.1");
    assert_int_equal(X509_add_ext(certificate, host, -1), 1);
    X509_EXTENSION_free(host);
    assert_true(X509_sign(certificate, identity.key, EVP_sha256()) > 0);
    BIO *key = BIO_new(BIO_s_mem());
    BIO *text = BIO_new(BIO_s_mem());
    assert_int_equal(PEM_write_bio_PrivateKey(key, identity.key, NULL, NULL, 0, NULL, NULL), 1);
    assert_int_equal(PEM_write_bio_X509(text, certificate), 1);
    identity.key_pem = pem_text(key, arena);
    identity.certificate_pem = pem_text(text, arena);
    return identity;
}

static void identity_release(Identity *identity) {
    X509_free(identity->certificate);
    EVP_PKEY_free(identity->key);
}

static SSL_CTX *tls_new(const Identity *own, const Identity *wanted) {
    SSL_CTX *tls = SSL_CTX_new(TLS_server_method());
    assert_int_equal(SSL_CTX_use_certificate(tls, own->certificate), 1);
    assert_int_equal(SSL_CTX_use_PrivateKey(tls, own->key), 1);
    assert_int_equal(X509_STORE_add_cert(SSL_CTX_get_cert_store(tls), wanted->certificate), 1);
    SSL_CTX_set_verify(tls, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    return tls;
}

static HttpStatus ask_tls(HttpRequest request, SSL_CTX *tls, Arena *arena) {
    static const char *const answers[] = {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", NULL};
    Server server = {.tls = tls};
    StrBuf body = strbuf_new(arena);
    HttpSink sink = {keep, &body};
    HttpResponse response;
    Str problem = STR_EMPTY;
    server_start(&server, answers, arena);
    request.url = str_format(arena, "https://127.0.0.1:%d/", server.port);
    HttpStatus status = curl_http.attempt(NULL, &request, &sink, &response, &problem, arena);
    server_stop(&server);
    if (status == HTTP_DONE)
        check_str(strbuf_str(&body), "hi");
    else
        assert_true(problem.len > 0);
    return status;
}

/* Server and client must each present a certificate that the other one trusts. */
static void certificates(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Identity server = identity_new("server", arena);
    Identity client = identity_new("client", arena);
    SSL_CTX *tls = tls_new(&server, &client);
    HttpRequest request = {
        .ca_certs = server.certificate_pem,
        .certificate = client.certificate_pem,
        .key = client.key_pem,
    };
    assert_int_equal(ask_tls(request, tls, arena), HTTP_DONE);
    request.ca_certs = client.certificate_pem;
    assert_int_equal(ask_tls(request, tls, arena), HTTP_BAD_CERTIFICATE);
    request.ca_certs = STR_EMPTY;
    assert_int_equal(ask_tls(request, tls, arena), HTTP_BAD_CERTIFICATE);
    request.skip_verify = true;
    assert_int_equal(ask_tls(request, tls, arena), HTTP_DONE);
    request.certificate = request.key = STR_EMPTY;
    assert_int_not_equal(ask_tls(request, tls, arena), HTTP_DONE);
    request.certificate = STR("no certificate");
    assert_int_equal(ask_tls(request, tls, arena), HTTP_BAD_CERTIFICATE);
    SSL_CTX_free(tls);
    identity_release(&server);
    identity_release(&client);
}

#define REDIRECT_TO                                                                                \
    "HTTP/1.1 302 Found\r\nLocation: %s://127.0.0.1:%d/b\r\nContent-Length: 0\r\nConnection: "     \
    "close"                                                                                        \
    "\r\n\r\n"

/* Requests https and is redirected to http, and the same after a redirect from http. */
static void redirects_from_https(void **) {
    static const char *const none[] = {NULL};
    static const char *const schemes[] = {"https", "HTTPS", "http"};
    SCOPED(ArenaRef) arena = arena_open("test");
    Identity own = identity_new("own", arena);
    SSL_CTX *tls = tls_new(&own, &own);
    for (size_t i = 0; i < ARRAY_COUNT(schemes); i++) {
        char to_https[200], to_http[200]; /* filled once the ports are known */
        const char *const plain_answers[] = {to_https, NULL};
        const char *const secure_answers[] = {to_http, NULL};
        bool begins_plain = strcmp(schemes[i], "http") == 0;
        Server plain = {0}, secure = {.tls = tls};
        server_start(&plain, begins_plain ? plain_answers : none, arena);
        server_start(&secure, secure_answers, arena);
        snprintf(to_https, sizeof to_https, REDIRECT_TO, "https", secure.port);
        snprintf(to_http, sizeof to_http, REDIRECT_TO, "http", plain.port);
        StrBuf body = strbuf_new(arena);
        HttpSink sink = {keep, &body};
        HttpResponse response;
        Str problem = STR_EMPTY;
        HttpRequest request = {
            .url = str_format(arena, "%s://127.0.0.1:%d/a", schemes[i],
                              begins_plain ? plain.port : secure.port),
            .ca_certs = own.certificate_pem,
            .certificate = own.certificate_pem,
            .key = own.key_pem,
            .timeout_ms = 10000,
        };
        HttpStatus status = curl_http.attempt(NULL, &request, &sink, &response, &problem, arena);
        server_stop(&plain);
        server_stop(&secure);
        if (status != HTTP_REFUSED_URL)
            fail_msg("%s: %d: %.*s", schemes[i], (int)status, STR_ARG(problem));
    }
    SSL_CTX_free(tls);
    identity_release(&own);
}

/* A closed connection is retried; a server without TLS is not. */
static void handshakes(void **) {
    static const char *const nothing[] = {"", NULL};
    static const char *const reset[] = {"reset", NULL};
    static const char *const plain_text[] = {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", NULL};
    static const struct {
        const char *const *answers;
        HttpStatus wanted;
    } cases[] = {{nothing, HTTP_LOST}, {reset, HTTP_LOST}, {plain_text, HTTP_BAD_CERTIFICATE}};
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Server server = {0};
        HttpResponse response;
        Str problem = STR_EMPTY;
        StrBuf body = strbuf_new(arena);
        HttpSink sink = {keep, &body};
        server_start(&server, cases[i].answers, arena);
        HttpRequest request = {.url = str_format(arena, "https://127.0.0.1:%d/", server.port)};
        HttpStatus status = curl_http.attempt(NULL, &request, &sink, &response, &problem, arena);
        server_stop(&server);
        if (status != cases[i].wanted)
            fail_msg("case %zu: %d: %.*s", i, (int)status, STR_ARG(problem));
    }
}

/* A request with its own certificate authorities ignores the directory of the system. */
static void own_authorities(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Identity server = identity_new("server", arena);
    Identity other = identity_new("other", arena);
    SSL_CTX *tls = tls_new(&server, &other);
    HttpRequest request = {.certificate = other.certificate_pem, .key = other.key_pem};
    char *directory = (char *)str_to_cstr(STR("/tmp/loam-test-curl-XXXXXX"), arena);
    assert_non_null(mkdtemp(directory));
    unsigned long hash = X509_subject_name_hash(server.certificate);
    Str path = str_format(arena, "%s/%08lx.0", directory, hash);
    assert_int_equal(disk_real.write_file(NULL, path, server.certificate_pem, 0600), 0);
    setenv("SSL_CERT_DIR", directory, 1);
    assert_int_equal(ask_tls(request, tls, arena), HTTP_DONE);
    request.ca_certs = other.certificate_pem;
    assert_int_equal(ask_tls(request, tls, arena), HTTP_BAD_CERTIFICATE);
    unsetenv("SSL_CERT_DIR");
    assert_int_equal(disk_remove_tree(&disk_real, str_from_cstr(directory)), 0);
    SSL_CTX_free(tls);
    identity_release(&server);
    identity_release(&other);
}

/* The certificate has another name than the server's address. */
static void server_name(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const char *const answers[] = {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", NULL};
    static const struct {
        const char *name;
        HttpStatus wanted;
    } cases[] = {
        {"", HTTP_BAD_CERTIFICATE}, {"127.0.0.1", HTTP_DONE}, {"10.0.0.1", HTTP_BAD_CERTIFICATE}};
    Identity own = identity_new("server", arena);
    SSL_CTX *tls = tls_new(&own, &own);
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Server server = {.tls = tls};
        StrBuf body = strbuf_new(arena);
        HttpSink sink = {keep, &body};
        HttpResponse response;
        Str problem = STR_EMPTY;
        server_start(&server, answers, arena);
        HttpRequest request = {
            .url = str_format(arena, "https://localhost:%d/a", server.port),
            .server_name = str_from_cstr(cases[i].name),
            .ca_certs = own.certificate_pem,
            .certificate = own.certificate_pem,
            .key = own.key_pem,
        };
        assert_int_equal(curl_http.attempt(NULL, &request, &sink, &response, &problem, arena),
                         cases[i].wanted);
        server_stop(&server);
        Str host = str_format(arena, "\r\nHost: localhost:%d\r\n", server.port);
        bool was_asked = str_find(str_from_cstr(server.asked), host, 0) != SIZE_MAX;
        assert_int_equal(was_asked, cases[i].wanted == HTTP_DONE);
    }
    SSL_CTX_free(tls);
    identity_release(&own);
}

/* A request with a proxy uses it except for its no_proxy hosts; the proxy variables of the
 * environment are ignored. */
static void proxy(void **) {
    static const char *const answers[] = {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", NULL};
    SCOPED(ArenaRef) arena = arena_open("test");
    Server server = {0};
    StrBuf body = strbuf_new(arena);
    HttpSink sink = {keep, &body};
    HttpResponse response;
    Str problem = STR_EMPTY;
    setenv("no_proxy", "unused.invalid", 1);
    server_start(&server, answers, arena);
    HttpRequest request = {
        .url = STR("http://unused.invalid/a"),
        .proxy = str_format(arena, "http://127.0.0.1:%d", server.port),
        .no_proxy = STR("x.invalid, y.invalid"),
    };
    assert_int_equal(curl_http.attempt(NULL, &request, &sink, &response, &problem, arena),
                     HTTP_DONE);
    server_stop(&server);
    assert_true(str_starts_with(str_from_cstr(server.asked), STR("GET http://unused.invalid/a ")));
    request.no_proxy = STR("x.invalid, unused.invalid");
    assert_int_equal(curl_http.attempt(NULL, &request, &sink, &response, &problem, arena),
                     HTTP_UNKNOWN_NAME);
    unsetenv("no_proxy");
}

/* A compressed response arrives as it was; its limit counts the bytes that arrive. */
static void compressed(void **) {
    static const char *const answers[] = {
        "HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\nContent-Length: 18\r\n\r\n"
        "\x78"
        "\x01"
        "\x2b"
        "\x48"
        "\x4c"
        "\xce"
        "\x4e"
        "\x4d"
        "\x51"
        "\x28"
        "\x40"
        "\xa1"
        "\x0c"
        "\x01"
        "\x5e"
        "\x1f"
        "\x07"
        "\xca",
        NULL};
    static const struct {
        uint64_t limit;
        bool accepts;
        HttpStatus wanted;
    } cases[] = {{0, true, HTTP_DONE}, {21, true, HTTP_TOO_LARGE}, {0, false, HTTP_DONE}};
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Server server = {0};
        server_start(&server, answers, arena);
        Got got = ask(&server,
                      (HttpRequest){.accepts_gzip = cases[i].accepts, .body_limit = cases[i].limit},
                      "/", arena);
        server_stop(&server);
        assert_int_equal(got.status, cases[i].wanted);
        bool was_offered = strstr(server.asked, "Accept-Encoding: gzip, deflate\r\n") != NULL;
        assert_int_equal(was_offered, cases[i].accepts);
        if (got.status == HTTP_DONE && cases[i].accepts)
            check_str(got.body, "packed packed packed 1");
    }
}

UNIT_MAIN(test_curl_http) {
    signal(SIGPIPE, SIG_IGN);
    unsetenv("http_proxy");
    unsetenv("all_proxy");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain),
        cmocka_unit_test(trailers),
        cmocka_unit_test(with_body),
        cmocka_unit_test(redirects),
        cmocka_unit_test(redirects_from_https),
        cmocka_unit_test(failures),
        cmocka_unit_test(failed_connections),
        cmocka_unit_test(not_kept),
        cmocka_unit_test(cancelled),
        cmocka_unit_test(certificates),
        cmocka_unit_test(handshakes),
        cmocka_unit_test(own_authorities),
        cmocka_unit_test(server_name),
        cmocka_unit_test(proxy),
        cmocka_unit_test(compressed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

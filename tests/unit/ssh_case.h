/* ssh_case: a resource case against a real SSH server on loopback. */
#pragma once

#include "resource_case.h"
#include "ssh_client.h"
#include "ssh_provider.h"
#include "ssh_proxy.h"
#include "ssh_server.h"

typedef struct SshCase {
    SshServer server;
    ResourceCase c;
    void *client;
} SshCase;

/* Opens a client with this provider configuration, and closes the one before. */
static inline void ssh_case_configure(SshCase *made, const char *json) {
    ResourceCase *c = &made->c;
    JsonReader reader = json_reader_new(str_from_cstr(json), c->arena);
    const char *error = "";
    Value config;
    assert_true(json_read_typed(&reader, json_next(&reader),
                                schema_implied_type(&ssh_provider.schema), &config, &error,
                                c->arena));
    ssh_client_close(made->client);
    ConfigureRequest request = {.config = config, .run = c->arena};
    ConfigureResponse response = {0};
    assert_true(ssh_client_configure(case_call(c), &request, &response, &c->diags));
    made->client = c->call.client = response.client;
}

static inline SshCase ssh_case_of_type(SshServer server, const ObjectType *type) {
    SshCase made = {.server = server, .c = case_open_object(type)};
    ssh_case_configure(&made, "{}");
    return made;
}

#define ssh_case_of(server, row) ssh_case_of_type((server), &(row)->type)
#define ssh_case_open(kind, row) ssh_case_of_type(server_open(kind), &(row)->type)

static inline void ssh_case_close(SshCase *made) {
    ssh_client_close(made->client);
    case_close(&made->c);
    server_close(&made->server);
}

/* A configuration with these connection settings and more attributes as JSON text. */
static inline const char *ssh_config_of(SshCase *made, const SshTarget *target, const char *rest) {
    StrBuf buf = strbuf_new(made->c.arena);
    JsonWriter writer;
    json_writer_init(&writer, &buf, 0);
    json_object_start(&writer);
    json_key_string(&writer, "host", target->host);
    json_key_int(&writer, "port", target->port);
    json_key_string(&writer, "user", target->user);
    json_key_string(&writer, "private_key", target->private_key);
    json_key_string(&writer, "host_key", target->host_key);
    json_object_end(&writer);
    Str head = strbuf_str(&buf);
    head.len--;
    Str all = str_format(made->c.arena, "%.*s,%s}", STR_ARG(head), rest);
    return str_to_cstr(all, made->c.arena);
}

static inline const char *ssh_config(SshCase *made, const char *rest) {
    SshTarget target = server_target(&made->server);
    return ssh_config_of(made, &target, rest);
}

/* Formats text for a configuration. */
static inline const char *ssh_text(SshCase *made, const char *format, const char *argument) {
    StrBuf buf = strbuf_new(made->c.arena);
    for (const char *at = format; *at; at++) {
        if (*at == '@') {
            strbuf_add_cstr(&buf, argument);
        } else {
            strbuf_add_char(&buf, *at);
        }
    }
    return str_to_cstr(strbuf_str(&buf), made->c.arena);
}

/* Creates the object through a proxy that cuts the connection after `limit` bytes. The client tries
 * to connect again until `timeout` has passed. */
static inline bool ssh_apply_cut(SshCase *made, const char *rest, size_t limit, const char *timeout,
                                 size_t *passed) {
    SshProxy proxy = proxy_open(made->server.port, limit);
    SshTarget target = server_target(&made->server);
    target.port = proxy.port;
    made->c.state = value_null(made->c.state.type);
    Str hasty = str_format(made->c.arena, "\"timeout\":\"%s\",%s", timeout, rest);
    const char *json = ssh_config_of(made, &target, str_to_cstr(hasty, made->c.arena));
    bool done = case_apply(&made->c, json);
    *passed = proxy_close(&proxy, limit);
    return done;
}

/* machine_case: a provisioner run with a connection to a server of the test. */
#pragma once

#include "provisioner_run.h"
#include "ssh_server.h"

typedef struct MachineCase {
    SshServer server;
    ProvisionerRun *run;
} MachineCase;

/* `more`: further arguments, as JSON members after a comma. */
static inline void machine_connect(MachineCase *m, const char *more) {
    Arena *arena = m->run->arena;
    StrBuf key = strbuf_new(arena);
    JsonWriter writer;
    json_writer_init(&writer, &key, 0);
    json_write_string(&writer, m->server.private_key);
    Str json = str_format(arena,
                          "{\"host\":\"127.0.0.1\",\"port\":%u,\"user\":\"%.*s\",\"timeout\":"
                          "\"20s\",\"private_key\":%.*s%s}",
                          m->server.port, STR_ARG(m->server.user), STR_ARG(strbuf_str(&key)), more);
    m->run->connection = run_value(m->run, &provisioner_connection, str_to_cstr(json, arena));
}

static inline MachineCase machine_open(void) {
    MachineCase m = {.server = server_open(SERVER_SSHD), .run = run_open()};
    Str key =
        str_format(m.run->arena, ",\"host_key\":\"%.*s\"", STR_ARG(str_trim(m.server.host_key)));
    machine_connect(&m, str_to_cstr(key, m.run->arena));
    return m;
}

static inline void machine_close(MachineCase *m) {
    run_close(m->run);
    server_close(&m->server);
}

/* A path in the server's directory. */
static inline const char *machine_path(MachineCase *m, const char *name) {
    return server_path(&m->server, name);
}

static inline Str machine_read(MachineCase *m, const char *name) {
    Str text = STR_EMPTY;
    Str path = str_from_cstr(machine_path(m, name));
    int error = disk_real.read_file(NULL, path, &text, m->run->arena);
    return error ? STR("(none)") : text;
}

static inline bool machine_do(MachineCase *m, const ProvisionerType *type, const char *format,
                              ...) {
    char *json;
    va_list arguments;
    va_start(arguments, format);
    assert_true(vasprintf(&json, format, arguments) > 0);
    va_end(arguments);
    bool ok = run_do(m->run, type, json);
    free(json);
    return ok;
}

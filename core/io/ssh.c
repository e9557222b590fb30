/* Loads the SSH plugin at the first session. */
#include "ssh.h"

#include "plugin.h"

static Plugin ssh_plugin = {
    .file = SSH_PLUGIN,
    .symbol = "libssh_ssh",
    .purpose = "SSH",
    .content = &libssh_ssh,
    .mutex = PTHREAD_MUTEX_INITIALIZER,
};

static SshStatus ssh_connect_by_plugin(void *, const SshTarget *target, SshSession *via,
                                       SshTimeout timeout, SshSession **out, SshProblem *problem,
                                       Arena *arena) {
    *problem = (SshProblem){0};
    const Ssh *client = plugin_get(&ssh_plugin, &problem->text, arena);
    if (!client)
        return SSH_NO_CLIENT;
    return client->connect(client->self, target, via, timeout, out, problem, arena);
}

/* ssh_connect_by_plugin made the session, so the plugin is loaded. */
static SshStatus ssh_exec_by_plugin(void *, SshSession *session, const SshCommand *command,
                                    SshResult *out, SshProblem *problem, Arena *arena) {
    const Ssh *client = ssh_plugin.content;
    return client->exec(client->self, session, command, out, problem, arena);
}

static SshStatus ssh_tunnel_by_plugin(void *, SshSession *session, Str host, uint16_t port,
                                      uint16_t *out_port, SshProblem *problem, Arena *arena) {
    const Ssh *client = ssh_plugin.content;
    return client->tunnel(client->self, session, host, port, out_port, problem, arena);
}

static bool ssh_is_alive_by_plugin(void *, SshSession *session) {
    const Ssh *client = ssh_plugin.content;
    return client->is_alive(client->self, session);
}

static void ssh_close_by_plugin(void *, SshSession *session) {
    const Ssh *client = ssh_plugin.content;
    if (session)
        client->close(client->self, session);
}

static void ssh_settle_by_plugin(void *) {
    const Ssh *client = ssh_plugin.content;
    if (client && client->settle)
        client->settle(client->self);
}

const Ssh ssh_real = {
    .connect = ssh_connect_by_plugin,
    .exec = ssh_exec_by_plugin,
    .tunnel = ssh_tunnel_by_plugin,
    .is_alive = ssh_is_alive_by_plugin,
    .close = ssh_close_by_plugin,
    .settle = ssh_settle_by_plugin,
};

Str ssh_quote(Str text, Arena *arena) {
    StrBuf buf = strbuf_new(arena);
    strbuf_add_char(&buf, '\'');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\'') {
            strbuf_add_cstr(&buf, "'\\''");
        } else {
            strbuf_add_char(&buf, text.ptr[i]);
        }
    }
    strbuf_add_char(&buf, '\'');
    return strbuf_str(&buf);
}

Str ssh_endpoint(Str host, uint16_t port, Arena *arena) {
    bool is_v6 = str_find_char(host, ':', 0) != SIZE_MAX;
    return str_format(arena, is_v6 ? "[%.*s]:%u" : "%.*s:%u", STR_ARG(host), port);
}

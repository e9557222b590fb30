/* Loads the SSH plugin at the first check. */
#include "ssh_key_text.h"

#include "plugin.h"
#include "ssh.h"

static Plugin key_text_plugin = {
    .file = SSH_PLUGIN,
    .symbol = "libssh_key_text",
    .purpose = "SSH",
    .content = &libssh_key_text,
    .mutex = PTHREAD_MUTEX_INITIALIZER,
};

const SshKeyText *ssh_key_text(Str *problem, Arena *arena) {
    return plugin_get(&key_text_plugin, problem, arena);
}

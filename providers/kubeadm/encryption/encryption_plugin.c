/* encryption_plugin: encryption_plugin.sh. */
#include "encryption_plugin.h"
#include "kubeadm_encryption_assets.h"
#include "remote_script.h"
#include "utf8.h"

static void add_socket(StrVec *paths, Str socket, Arena *arena) {
    Str path = str_after(socket, sizeof "unix://" - 1);
    if (socket.len && !str_is_among(path, paths->items, paths->count))
        vec_push(arena, paths, path);
}

StrVec encryption_plugin_sockets(const EtcdEncryption *encryption, const EncryptionWish *wish,
                                 Arena *arena) {
    const EncryptionKey *keys[] = {etcd_encryption_find(encryption, encryption->current),
                                   etcd_encryption_find(encryption, encryption->next)};
    StrVec paths = {0};
    for (size_t i = 0; i < ARRAY_COUNT(keys); i++) {
        if (keys[i])
            add_socket(&paths, keys[i]->socket, arena);
    }
    vec_each(&encryption->keys, one) {
        if (etcd_encryption_is_restored(encryption, one->name))
            add_socket(&paths, one->socket, arena);
    }
    if (wish && wish->is_on)
        add_socket(&paths, wish->socket, arena);
    return paths;
}

bool encryption_plugin_look(SshLink *link, const StrVec *sockets, Str *problem, Diags *diags) {
    Arena *arena = link->call->arena;
    SshResult result;
    Str lines =
        str_concat(str_join(sockets->items, sockets->count, STR("\n"), arena), STR("\n"), arena);
    *problem = STR_EMPTY;
    if (!sockets->count)
        return true;
    if (!remote_script_run(link, (RemoteScript){.text = encryption_plugin_sh, .input = lines},
                           &result, diags))
        return false;
    *problem = str_trim(utf8_strip_controls(result.out, arena));
    return result.exit_status == 0 ||
           remote_script_report(link, "Plugins of keys not asked", &result, diags);
}

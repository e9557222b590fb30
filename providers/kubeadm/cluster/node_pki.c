/* node_pki: the files travel on standard input of node_pki.sh, so no argument contains a key. */
#include "node_pki.h"
#include "base64.h"
#include "kubeadm_cluster_assets.h"
#include "path_error.h"
#include "remote_script.h"

#define DIFFERS 20 /* exit status: the machine has another file */

bool node_pki_place(SshLink *link, const PkiSet *set, Diags *diags) {
    const Call *call = link->call;
    PkiSet copy = *set;
    StrBuf input = strbuf_new(call->arena);
    SshResult result;
    for (size_t i = 0; i < PKI_FILE_COUNT; i++) {
        Str text = *pki_set_text(&copy, &pki_files[i]);
        strbuf_add_format(&input, "%s %s %.*s\n", pki_files[i].path,
                          pki_files[i].is_secret ? "0600" : "0644",
                          STR_ARG(base64_encode(text, call->arena)));
    }
    if (!remote_script_run(link, (RemoteScript){.text = node_pki_sh, .input = strbuf_str(&input)},
                           &result, diags))
        return false;
    if (result.exit_status == DIFFERS)
        return path_error(call, NO_PATH, diags, "Machine of another cluster",
                          "The file \"/etc/kubernetes/pki/%.*s\" on %.*s differs from that of this "
                          "cluster. loam does not reset machines of other clusters. Run \"kubeadm "
                          "reset\" there and remove /etc/kubernetes, or use another machine.",
                          STR_ARG(str_trim(result.out)), STR_ARG(link->target.host));
    return result.exit_status == 0 ||
           remote_script_report(link, "Certificate authorities not copied", &result, diags);
}

PkiSet node_pki_read(Value object, const char *name, Arena *arena) {
    Value given = object_nested(object, name, arena);
    PkiSet set = {0};
    for (size_t i = 0; i < PKI_MEMBER_COUNT; i++) {
        Value pair = object_nested(given, pki_members[i].name, arena);
        *pki_set_pair(&set, &pki_members[i]) =
            (PkiPair){object_text(pair, pki_members[i].public_name, STR_EMPTY),
                      object_text(pair, "key", STR_EMPTY)};
    }
    return set;
}

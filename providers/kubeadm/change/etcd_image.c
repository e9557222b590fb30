/* etcd_image: from a bundle by host_prepare.sh, from a registry by kubeadm. */
#include "etcd_image.h"
#include "kubeadm_change_assets.h"
#include "kubeadm_schema.h"
#include "object_builder.h"
#include "path_error.h"
#include "remote_step.h"

static bool import(SshLink *link, const EtcdImage *image, const HostWanted *wanted,
                   const NamedTexts *observed, Str id, Diags *diags) {
    StrVec members = {0};
    Str lines = host_settings_difference(wanted, observed, &image->bundle->bundle, &members,
                                         link->call->arena);
    return host_bundle_bring(link, image->bundle, &members, &lines, diags) &&
           host_bundle_prepare(link, id, lines, diags);
}

static bool pull(SshLink *link, const NodeRuntime *runtime, const EtcdImage *image, Str id,
                 Diags *diags) {
    Arena *arena = link->call->arena;
    Str init = str_format(arena,
                          "apiVersion: " KUBEADM_API_VERSION "\nkind: InitConfiguration\n"
                          "nodeRegistration: {criSocket: \"%.*s\"}\n---\n",
                          STR_ARG(node_runtime_url(runtime, arena)));
    RemoteStep step = {.id = id,
                       .script = str_from_cstr(etcd_image_pull_sh),
                       .input = str_concat(init, image->config, arena),
                       .title = "the pull of the images"};
    RemoteStepResult result;
    if (!remote_step_run(link, &step, &result, diags))
        return false;
    bool is_good = remote_step_check(link, &step, &result, "Image of etcd not pulled", diags);
    return remote_step_remove(link, id, diags) && is_good;
}

bool etcd_image_bring(SshLink *link, const NodeRuntime *runtime, const EtcdImage *image, Str id,
                      Diags *diags) {
    HostLook look;
    HostWanted wanted;
    NamedTexts observed = {0};
    host_settings_want_image(runtime, image->name, &wanted, link->call->arena);
    if (!host_bundle_look(link, &wanted, &look, &observed, diags))
        return false;
    vec_each(&observed, setting) {
        if (str_equal(setting->name, wanted.settings.items[0].name) &&
            str_equal(setting->text, wanted.settings.items[0].text))
            return true;
    }
    /* A step of an interrupted run may have had another source. */
    if (str_is_among(id, look.facts.steps.items, look.facts.steps.count) &&
        !remote_step_remove(link, id, diags))
        return false;
    if (image->bundle)
        return import(link, image, &wanted, &observed, id, diags);
    if (image->config.len)
        return pull(link, runtime, image, id, diags);
    return path_error(link->call, PATH_AT(link->call, {"kubernetes_version"}), diags,
                      "Image of etcd missing",
                      "%.*s has no image \"%.*s\", which its kubeadm_host should have brought. Let "
                      "this resource depend on all kubeadm_host of control planes, and apply "
                      "again.",
                      STR_ARG(link->target.host), STR_ARG(image->name));
}

/* kubeadm_etcd_patch: the search for an image, and the turns of the members. */
#include "kubeadm_etcd_patch.h"
#include "cluster_check.h"
#include "control_plane_step.h"
#include "etcd_image.h"
#include "etcd_members.h"
#include "kube_release.h"
#include "kubeadm_gate.h"
#include "kubeadm_schema.h"
#include "kubeadm_turn.h"
#include "path_error.h"

#define REPOSITORY "registry.k8s.io"

static Value cluster_argument(const EtcdPatch *patch) {
    return object_nested(patch->object, "cluster", patch->call->arena);
}

bool kubeadm_etcd_patch_is_possible(const EtcdPatch *patch) {
    Arena *arena = patch->call->arena;
    Value etcd = object_nested(cluster_argument(patch), "etcd", arena);
    Value local = object_nested(etcd, "local", arena);
    return !object_has(etcd, "external") && !object_has(local, "image_tag") &&
           !object_has(local, "image_repository") &&
           !patch->peers->items.items[0]->node.is_imported;
}

/* Images. */

typedef struct Search {
    const EtcdPatch *patch;
    EtcdFit fit;
    Str prefix; /* "registry.k8s.io/etcd:" */
    EtcdImage found;
    KubeVersion version; /* of `found` */
    bool is_open;        /* the apply will know a bundle that this plan does not show */
    bool has_images;     /* the bundles have images of Kubernetes, not only programs */
} Search;

static Str image_repository(const EtcdPatch *patch) {
    return object_text(cluster_argument(patch), "image_repository", STR(REPOSITORY));
}

static void consider(Search *search, Str image, const HostBundle *bundle) {
    KubeVersion version;
    search->has_images |= cluster_check_is_kube_image(image, image_repository(search->patch),
                                                      search->patch->call->arena);
    if (!str_starts_with(image, search->prefix) ||
        !kube_version_parse(str_after(image, search->prefix.len), &version) ||
        version.major != search->fit.least.major || version.minor != search->fit.least.minor ||
        version.patch < search->fit.least.patch ||
        (search->found.name.len && version.patch <= search->version.patch))
        return;
    search->found = (EtcdImage){.name = image, .bundle = bundle};
    search->version = version;
}

/* The kubeadm_host of the first control plane, as the plan leaves it; null: none. */
static Value find_host(const EtcdPatch *patch) {
    const KubeadmPeer *first = patch->peers->items.items[0];
    Str host = object_text(first->object, "host", STR_EMPTY);
    FoundObjects all[] = {call_find_planned(patch->call, "kubeadm_host"),
                          call_find_objects(patch->call, "kubeadm_host")};
    for (size_t i = 0; i < ARRAY_COUNT(all); i++) {
        vec_each(&all[i], found) {
            if (str_equal(object_text(found->object, "host", STR_EMPTY), host))
                return found->object;
        }
    }
    return value_null(&TYPE_DYNAMIC);
}

/* A kubeadm_host of another version will get its bundle of the target later. */
static bool is_final(const EtcdPatch *patch, Value host) {
    KubeVersion version;
    return value_is_wholly_known(object_attribute(host, "settings")) &&
           kube_version_parse(object_text(host, "kubernetes_version", STR_EMPTY), &version) &&
           kube_version_compare(version, patch->to) == 0;
}

static void search_host(Search *search, Value host) {
    static const Str kind = STR_CONST("image ");
    Value settings = object_attribute(host, "settings");
    for (size_t i = 0; value_is_present(settings) && value_is_known(settings) && i < settings.count;
         i++) {
        if (str_starts_with(value_key_at(settings, i), kind))
            consider(search, str_after(value_key_at(settings, i), kind.len), NULL);
    }
}

/* A bundle that cannot be read has its error where its version needs it. */
static void search_bundle(Search *search, Value entry) {
    const Call *call = search->patch->call;
    HostBundle *bundle = arena_new(call->arena, HostBundle);
    Diags ignored = diags_new(call->arena);
    if (!host_bundle_open(call, object_attribute(entry, "bundle"), bundle, &ignored))
        return;
    bundle->proxy = object_text(entry, "proxy", STR_EMPTY);
    vec_each(&bundle->bundle.files, file) {
        vec_each(&file->images, image)
            consider(search, *image, bundle);
    }
}

/* kubeadm of the machine has the version of the target, whose images the machine needs, too. */
static EtcdImage registry_image(const Search *search) {
    const EtcdPatch *patch = search->patch;
    Arena *arena = patch->call->arena;
    Str repository = image_repository(patch);
    return (EtcdImage){
        .name = str_concat(search->prefix, str_from_cstr(search->fit.tag), arena),
        .config = str_format(arena,
                             "apiVersion: " KUBEADM_API_VERSION "\nkind: ClusterConfiguration\n"
                             "kubernetesVersion: v%.*s\nimageRepository: \"%.*s\"\n"
                             "etcd: {local: {imageTag: \"%s\"}}\n",
                             STR_ARG(kube_version_text(patch->to, arena)), STR_ARG(repository),
                             search->fit.tag),
    };
}

static bool report_missing(const Search *search, Diags *diags) {
    const Call *call = search->patch->call;
    return path_error(call, PATH_AT(call, {"kubernetes_version"}), diags, "etcd too old",
                      "%.*s No bundle of this upgrade has an image of such an etcd 3.%u. Add one "
                      "to the inventory "
                      "of the bundle of kubeadm_host or of a version between, as a further file of "
                      "images such as "
                      "images/etcd-3.%u.%u.tar with \"%.*s%s\", and create that bundle again.",
                      STR_ARG(search->fit.problem), search->fit.least.minor,
                      search->fit.least.minor, search->fit.least.patch, STR_ARG(search->prefix),
                      search->fit.tag);
}

/* Sets search->found, or search->is_open. Images of bundles come first, the newest one wins. */
static bool find_image(Search *search, Diags *diags) {
    const EtcdPatch *patch = search->patch;
    Arena *arena = patch->call->arena;
    Value host = find_host(patch), entries = object_attribute(patch->object, "upgrade_through");
    bool has_host = value_is_present(host);
    bool has_bundle = has_host && host_bundle_is_given(object_nested(host, "bundle", arena));
    bool has_entry_bundle = false, has_repository = false;
    search->prefix = str_concat(image_repository(patch), STR("/etcd:"), arena);
    if (has_host)
        search_host(search, host);
    for (size_t i = 0; value_is_present(entries) && i < entries.count; i++) {
        Value entry = value_at(entries, i);
        has_repository |= object_has(entry, "repository");
        if (!object_has(entry, "bundle"))
            continue;
        has_entry_bundle = true;
        search_bundle(search, entry);
    }
    if (search->found.name.len)
        return true;
    search->is_open = patch->call->is_planning && has_bundle && !is_final(patch, host);
    if (search->is_open)
        return true;
    if (search->has_images && !has_repository && (has_bundle || (!has_host && has_entry_bundle)))
        return report_missing(search, diags);
    search->found = registry_image(search);
    CHECK(kube_version_parse(str_from_cstr(search->fit.tag), &search->version));
    return true;
}

/* "3.6.11": tags have the number of the image behind it. */
static Str version_text(KubeVersion version, Arena *arena) {
    version.suffix = STR_EMPTY;
    return kube_version_text(version, arena);
}

/* Members. */

static bool is_too_old(const EtcdPatch *patch, const KubeadmPeer *peer, KubeVersion version) {
    const KubeadmNode *first = &patch->peers->items.items[0]->node;
    Arena *arena = patch->call->arena;
    EtcdGateway etcd;
    KubeVersion found;
    Diags ignored = diags_new(arena);
    return etcd_gateway_open(patch->call, first->via, first->address, &first->pki.etcd_ca, &etcd,
                             &ignored) &&
           etcd_members_version(&etcd, peer->node.address, &found) &&
           kube_release_fit_etcd(version, found, arena).problem.len;
}

bool kubeadm_etcd_patch_plan(const EtcdPatch *patch, KubeRound *round, bool is_present,
                             KubeVersion *etcd, Diags *diags) {
    Arena *arena = patch->call->arena;
    Search search = {.patch = patch, .fit = kube_release_fit_etcd(round->version, *etcd, arena)};
    if (!find_image(&search, diags))
        return false;
    *etcd = search.is_open ? search.fit.least : search.version;
    round->etcd = str_concat(version_text(*etcd, arena),
                             search.is_open ? STR(" or later") : STR_EMPTY, arena);
    vec_each(&patch->peers->items, peer) {
        if ((*peer)->node.is_control_plane &&
            (!is_present || is_too_old(patch, *peer, round->version)))
            vec_push(arena, &round->etcd_members, (*peer)->node.name);
    }
    return true;
}

/* Apply. */

typedef struct Run {
    const EtcdPatch *patch;
    Search search;
    VEC(KubeadmPeer *) members; /* that get the image */
    KubeVersion round;
} Run;

static bool bring_image(const Run *run, KubeadmPeer *peer, Diags *diags) {
    Str id = str_format(run->patch->call->arena, "fetch-etcd-%.*s", STR_ARG(peer->node.name));
    return etcd_image_bring(&peer->link, peer->node.runtime, &run->search.found, id, diags);
}

static bool patch_change_member(void *payload, size_t index, Diags *diags) {
    const Run *run = payload;
    const Call *call = run->patch->call;
    Arena *arena = call->arena;
    KubeadmPeer *peer = run->members.items[index];
    Str text = version_text(run->search.version, arena);
    ControlPlaneStep step = {
        .id = peer->node.id,
        .pods = STR("etcd"),
        .server = kubeadm_node_own_endpoint(&peer->node),
        .pki = kubeadm_turn_pki(run->patch->peers),
        .etcd_image = run->search.found.name,
        .limit_ms = kubeadm_turn_limit_ms(call, run->members.count),
    };
    call_progress(
        call, 0, 0,
        str_to_cstr(str_format(arena, "etcd %.*s: %.*s", STR_ARG(text), STR_ARG(peer->node.name)),
                    arena));
    return (control_plane_step_settle(&peer->link, step.id, diags) &&
            control_plane_step_run(&peer->link, &step, diags) == CHANGE_STEP_DONE &&
            kubeadm_turn_pass(run->patch->peers, peer, diags)) ||
           path_error(call, PATH_AT(call, {"kubernetes_version"}), diags, "Upgrade stopped",
                      "The member of etcd on \"%.*s\" did not get %.*s, from which Kubernetes %.*s "
                      "can follow. Members that have it keep it. Mend the cause and apply again.",
                      STR_ARG(peer->node.name), STR_ARG(text),
                      STR_ARG(kube_version_text(run->round, arena)));
}

static bool run_turns(Run *run, Diags *diags) {
    const EtcdPatch *patch = run->patch;
    KubeadmTurn turn = {
        .node = &patch->peers->items.items[0]->node, .change = patch_change_member, .payload = run};
    vec_each(&run->members, peer) {
        if (!bring_image(run, *peer, diags))
            return false;
        vec_push(patch->call->arena, &turn.hosts, (*peer)->node.address);
    }
    return kubeadm_gate_wait(patch->call, patch->peers, KUBEADM_GATE_SERVERS, diags) &&
           kubeadm_turn_run(&turn, diags);
}

bool kubeadm_etcd_patch_run(const EtcdPatch *patch, const KubeRound *round, Diags *diags) {
    const Call *call = patch->call;
    KubeVersion lowest;
    Run run = {.patch = patch, .round = round->version};
    if (!kubeadm_etcd_patch_is_possible(patch) ||
        !kubeadm_gate_etcd(patch->peers->items.items[0], &lowest))
        return true;
    /* Also a member with the patch may have the files of a step that was killed. */
    KubeVersion oldest = {lowest.major, lowest.minor, 0, STR_EMPTY};
    run.search =
        (Search){.patch = patch, .fit = kube_release_fit_etcd(round->version, oldest, call->arena)};
    if (!run.search.fit.tag)
        return true;
    vec_each(&patch->peers->items, peer) {
        if ((*peer)->node.is_control_plane &&
            ((*peer)->has_former_files || is_too_old(patch, *peer, round->version)))
            vec_push(call->arena, &run.members, *peer);
    }
    if (!run.members.count)
        return true;
    EtcdFit fit = kube_release_fit_etcd(round->version, lowest, call->arena);
    if (fit.tag)
        run.search.fit = fit;
    return kubeadm_gate_check_complete(call, patch->peers, "kubernetes_version", diags) &&
           find_image(&run.search, diags) && run_turns(&run, diags);
}

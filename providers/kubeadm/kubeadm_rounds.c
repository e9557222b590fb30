/* kubeadm_rounds: the rounds of kube_rounds on the machines of kubeadm_peer, with the gates of
 * kubeadm_gate between them. */
#include "kubeadm_rounds.h"
#include "call_pool.h"
#include "cluster_check.h"
#include "host_bundle.h"
#include "host_settings.h"
#include "kube_release.h"
#include "kubeadm_etcd_patch.h"
#include "kubeadm_gate.h"
#include "kubeadm_step.h"
#include "kubeadm_turn.h"
#include "kubeadm_upgrade.h"
#include "node_object.h"
#include "path_error.h"
#include "remote_step.h"
#include "url.h"

#define ROUNDS_ARGUMENT "upgrade_through"

/* The text is a word of a line for the machine. */
static Str kubeadm_rounds_check_proxy(Value value, Arena *) {
    Str text = value_text(value);
    Url url;
    bool is_good = url_parse(text, &url) && url.host.len && str_has_only(text, ":/-._[]@%") &&
                   (str_equal(url.scheme, STR("https")) || str_equal(url.scheme, STR("http")));
    return is_good ? STR_EMPTY : STR("The proxy is a URL, such as \"http://10.0.0.1:3128\".");
}

/* clang-format off */
static const Attribute round_repository[] = {
    {"url",   &TYPE_STRING, REQUIRED, "URL of the repository, of this minor version: \"https://pkgs.example/v1.35/deb/\". \"{minor}\" and \"{format}\" are replaced as in repository of kubeadm_host."},
    {"suite", &TYPE_STRING, OPTIONAL, "Suite and components for apt (default \"/\")."},
    {"key",   &TYPE_STRING, OPTIONAL, "Key that signs the repository, in ASCII."},
};
static const Attribute entry[] = {
    {"bundle",     NULL, OPTIONAL, "Programs and images of this version, for machines without a network.", .nested = &host_bundle_argument},
    {"proxy",      &TYPE_STRING, OPTIONAL, "Proxy by which the machines download the packages, or the bundle with fetch = \"host\", such as \"http://10.0.0.1:3128\".", .check = kubeadm_rounds_check_proxy},
    {"repository", NULL, OPTIONAL, "Packages for apt, dnf or zypper, of which only the programs are taken. The images come from their registry.", .nested = NESTED(NEST_SINGLE, round_repository)},
};
/* clang-format on */

static const ArgumentRule entry_rules[] = {
    {RULE_EXACTLY_ONE, {"bundle", "repository"}},
};

const NestedObject kubeadm_rounds_argument = {
    NESTED_OBJECT(NEST_MAP, entry, SCHEMA_RULES(entry_rules))};

static StrVec entries_of(Value object, Arena *arena) {
    Value map = object_attribute(object, ROUNDS_ARGUMENT);
    StrVec keys = {0};
    for (size_t i = 0; value_is_present(map) && i < map.count; i++)
        vec_push(arena, &keys, value_key_at(map, i));
    return keys;
}

bool kubeadm_rounds_validate(const Call *call, Value config, KubeVersion to, Diags *diags) {
    Str at = STR_EMPTY;
    Value map = object_attribute(config, ROUNDS_ARGUMENT);
    if (!value_is_present(map) || !value_is_known(map))
        return true;
    StrVec entries = entries_of(config, call->arena);
    Str problem = kube_rounds_check(&entries, to, &at, call->arena);
    return !problem.len || path_error(call, PATH_AT(call, {ROUNDS_ARGUMENT}, {.key = at}), diags,
                                      "Version between not valid", "%.*s", STR_ARG(problem));
}

/* The rounds of a cluster. */
typedef struct Rounds {
    const Call *call;
    Value object; /* planned */
    KubeVersion to;
    KubeadmPeers *peers;
    KubeRounds list;
} Rounds;

static bool list_rounds(Rounds *rounds, Diags *diags) {
    const Call *call = rounds->call;
    StrVec entries = entries_of(rounds->object, call->arena);
    Str problem =
        kube_rounds_list(&rounds->peers->rounds, &entries, rounds->to, &rounds->list, call->arena);
    return !problem.len || path_error(call, PATH_AT(call, {"kubernetes_version"}), diags,
                                      "Upgrade not possible", "%.*s", STR_ARG(problem));
}

static Value entry_of(const Rounds *rounds, const KubeRound *round) {
    Value found = {0};
    CHECK(value_find(object_attribute(rounds->object, ROUNDS_ARGUMENT), round->key, &found));
    return found;
}

/* Sets out->bundle of the round; *has_one is false if it has a repository. */
static bool open_bundle(const Rounds *rounds, const KubeRound *round, Str architecture,
                        HostBundle *out, bool *has_one, Diags *diags) {
    const Call *call = rounds->call;
    Value given = object_attribute(entry_of(rounds, round), "bundle");
    Value cluster = object_nested(rounds->object, "cluster", call->arena);
    *has_one = value_is_present(given);
    if (!*has_one)
        return true;
    if (!host_bundle_open(call, given, out, diags))
        return false;
    out->proxy = object_text(entry_of(rounds, round), "proxy", STR_EMPTY);
    Str problem =
        cluster_check_bundle(&out->bundle, round->version, architecture,
                             object_text(cluster, "image_repository", STR_EMPTY), call->arena);
    return !problem.len ||
           path_error(call, PATH_AT(call, {ROUNDS_ARGUMENT}, {.key = round->key}, {"bundle"}),
                      diags, "Wrong bundle", "%.*s", STR_ARG(problem));
}

/* Plan. */

/* Returns the version of the etcd that kubeadm of the round takes from the bundle, or 0. The bundle
 * may bring patches of other minor versions, too. */
static KubeVersion etcd_of(const KubeRound *round, const Bundle *bundle) {
    KubeVersion lowest = {0}, found;
    Str prefix = str_from_cstr(kube_release_tag(round->version, STR("etcd")));
    vec_each(&bundle->files, file) {
        vec_each(&file->images, image) {
            size_t at = str_find(*image, STR("/etcd:"), 0);
            Str tag = at == SIZE_MAX ? STR_EMPTY : str_after(*image, at + sizeof "/etcd:" - 1);
            if (str_starts_with(tag, prefix) && kube_version_parse(tag, &found) &&
                (!lowest.major || kube_version_compare(found, lowest) < 0))
                lowest = found;
        }
    }
    return lowest;
}

static EtcdPatch patch_of(const Rounds *rounds) {
    return (EtcdPatch){
        .call = rounds->call, .peers = rounds->peers, .object = rounds->object, .to = rounds->to};
}

static bool check_etcd(const Rounds *rounds, const KubeRound *round, KubeVersion etcd,
                       Diags *diags) {
    const Call *call = rounds->call;
    Path path = PATH_AT(call, {"kubernetes_version"});
    EtcdFit fit = kube_release_fit_etcd(round->version, etcd, call->arena);
    if (!fit.problem.len)
        return true;
    Str detail =
        str_format(call->arena,
                   "%.*s Upgrade to a later patch of the present minor version of "
                   "Kubernetes first, whose kubeadm installs such an etcd. Without one, "
                   "set the tag of the image in /etc/kubernetes/manifests/etcd.yaml to "
                   "%.*s-0, on one control plane after the other, each time until all "
                   "members are healthy.",
                   STR_ARG(fit.problem), STR_ARG(kube_version_text(fit.least, call->arena)));
    if (fit.tag)
        return path_error(call, path, diags, "etcd too old", "%.*s", STR_ARG(detail));
    if (call->is_planning)
        path_warning(call, path, diags, "etcd is old", "%.*s", STR_ARG(detail));
    return true;
}

/* `is_present`: the members have this version of etcd now. */
static bool plan_etcd(const Rounds *rounds, KubeRound *round, bool is_present, KubeVersion *etcd,
                      Diags *diags) {
    EtcdPatch patch = patch_of(rounds);
    if (etcd->major && kube_release_fit_etcd(round->version, *etcd, rounds->call->arena).tag &&
        kubeadm_etcd_patch_is_possible(&patch))
        return kubeadm_etcd_patch_plan(&patch, round, is_present, etcd, diags);
    return check_etcd(rounds, round, *etcd, diags);
}

static bool refuse_packages(const Call *call, const KubeRound *round, Str host, Diags *diags) {
    return path_error(
        call, PATH_AT(call, {ROUNDS_ARGUMENT}, {.key = round->key}, {"repository"}), diags,
        "Packages not supported",
        "%.*s has no apt, dnf or zypper, which take the programs of a version between out of "
        "packages. Give a bundle.",
        STR_ARG(host));
}

/* The machines that change in the round take its programs out of packages. */
static bool check_packages(const Rounds *rounds, const KubeRound *round, Diags *diags) {
    for (size_t i = 0; i < round->nodes.count; i++) {
        const KubeadmPeer *peer = rounds->peers->items.items[round->nodes.items[i]];
        if (peer->is_read && !peer->driver)
            return refuse_packages(rounds->call, round, peer->link.target.host, diags);
    }
    return true;
}

/* Follows the version of etcd through the rounds; what packages bring is not known. */
static bool plan_sources(const Rounds *rounds, Diags *diags) {
    KubeVersion etcd = {0};
    bool is_present = true;
    if (!kubeadm_gate_etcd(rounds->peers->items.items[0], &etcd))
        etcd = (KubeVersion){0};
    vec_each(&rounds->list, round) {
        HostBundle source = {0};
        bool has_one = false;
        if (!plan_etcd(rounds, round, is_present, &etcd, diags))
            return false;
        if (!round->key.len)
            continue;
        if (!open_bundle(rounds, round, STR_EMPTY, &source, &has_one, diags) ||
            (!has_one && !check_packages(rounds, round, diags)))
            return false;
        KubeVersion brought = has_one ? etcd_of(round, &source.bundle) : (KubeVersion){0};
        if (etcd.major && (!brought.major || kube_version_compare(brought, etcd) > 0)) {
            etcd = brought;
            is_present = false;
        }
    }
    return true;
}

static int64_t workers_at_once(const KubeadmPeers *peers) {
    int64_t most = 1;
    vec_each(&peers->items, peer) {
        if ((*peer)->node.is_control_plane)
            continue;
        int64_t own = kubeadm_node_max_unavailable((*peer)->object);
        most = own > most ? own : most;
    }
    return most;
}

/* The kubelet of the last version must start on all control planes, before a round changes one. The
 * plan of each worker checks its own machine. Apart from errors, only the plan of the first machine
 * warns: each machine repeats the warning when it is upgraded. */
static bool check_cgroups(const Rounds *rounds, Diags *diags) {
    bool is_good = true;
    vec_each(&rounds->peers->items, peer) {
        KubeadmNode node = (*peer)->node;
        Diags found = diags_new(rounds->call->arena);
        bool is_first = *peer == rounds->peers->items.items[0];
        node.object = rounds->object;
        if (!node.is_control_plane)
            continue;
        bool is_accepted = kubeadm_node_check_cgroup(&node, node.cgroup, &found);
        if (!is_accepted || (is_first && rounds->call->is_planning))
            diags_append(diags, &found);
        is_good &= is_accepted;
    }
    return is_good;
}

/* A step to the next version alone has a note only if it has a part before it. */
static bool has_note(const Rounds *rounds) {
    return rounds->list.count > 1 || rounds->list.items[0].etcd.len > 0;
}

bool kubeadm_rounds_plan(const Call *call, const PlanRequest *request, PlanResponse *response,
                         Diags *diags) {
    SCOPED(KubeadmPeers) peers = {0};
    Rounds rounds = {.call = call, .object = request->proposed, .peers = &peers};
    KubeVersion from;
    Value map = object_attribute(request->proposed, ROUNDS_ARGUMENT);
    if (!kubeadm_upgrade_versions(request->prior, request->proposed, &from, &rounds.to) ||
        kube_version_compare(from, rounds.to) == 0)
        return true;
    Str problem = kube_version_compare(rounds.to, from) < 0
                      ? kube_version_check_upgrade(from, rounds.to, call->arena)
                      : STR_EMPTY;
    if (problem.len)
        return path_error(call, PATH_AT(call, {"kubernetes_version"}), diags,
                          "Upgrade not possible", "%.*s", STR_ARG(problem));
    if (!value_is_wholly_known(map) ||
        !kubeadm_rounds_validate(call, request->proposed, rounds.to, diags))
        return !diags->error_count;
    if (!call->is_planning) {
        kubeadm_peer_assume(call, request->prior, &peers);
        return list_rounds(&rounds, diags);
    }
    if (!kubeadm_peer_open(call, request->prior, &peers, diags) ||
        !kubeadm_peer_look(call, &peers, diags) || !list_rounds(&rounds, diags) ||
        !check_cgroups(&rounds, diags) || !plan_sources(&rounds, diags))
        return false;
    if (has_note(&rounds))
        plan_note(
            response, PATH_AT(call, {"kubernetes_version"}),
            kube_rounds_note(&rounds.list, &peers.rounds, workers_at_once(&peers), call->arena),
            call->arena);
    return true;
}

/* Apply: the programs of a round. */

static Str fetch_id(const KubeadmPeer *peer, const KubeRound *round, Arena *arena) {
    return str_format(arena, "fetch-%.*s-%.*s", STR_ARG(kube_version_text(round->version, arena)),
                      STR_ARG(peer->node.name));
}

typedef struct Fetch {
    const Rounds *rounds; /* with the call of the thread */
    const KubeRound *round;
    SshLink *link; /* of the thread */
    HostRound host;
    HostLook look;
    Str id;
} Fetch;

static bool run_fetch(const Fetch *fetch, Str lines, Diags *diags) {
    const StrVec *steps = &fetch->look.facts.steps;
    /* A step of an interrupted run may have had another archive. */
    if (str_is_among(fetch->id, steps->items, steps->count) &&
        !remote_step_remove(fetch->link, fetch->id, diags))
        return false;
    return host_bundle_prepare(fetch->link, fetch->id, lines, diags);
}

static bool fetch_members(Fetch *fetch, const HostBundle *source, Diags *diags) {
    Arena *arena = fetch->rounds->call->arena;
    SshLink *link = fetch->link;
    HostWanted wanted;
    NamedTexts observed = {0};
    StrVec members = {0};
    host_settings_want_round(&fetch->host, &source->bundle, &wanted, arena);
    if (!host_bundle_look(link, &wanted, &fetch->look, &observed, diags))
        return false;
    Str lines = host_settings_difference(&wanted, &observed, &source->bundle, &members, arena);
    return !lines.len || (host_bundle_bring(link, source, &members, &lines, diags) &&
                          run_fetch(fetch, lines, diags));
}

static bool fetch_packages(Fetch *fetch, Diags *diags) {
    const Call *call = fetch->rounds->call;
    Value given = object_nested(entry_of(fetch->rounds, fetch->round), "repository", call->arena);
    bool is_known;
    const PackageDriver *driver = package_driver_of(&fetch->look.facts, &is_known);
    if (!driver)
        return refuse_packages(call, fetch->round, fetch->link->target.host, diags);
    Str url = object_text(given, "url", STR_EMPTY), lines;
    PackageRepository source = {
        .name = "kubernetes",
        .url = package_repository_url(url, fetch->round->version, driver, call->arena),
        .suite = object_text(given, "suite", STR("/")),
        .key = object_text(given, "key", STR_EMPTY),
        .version = fetch->host.version,
        .proxy = object_text(entry_of(fetch->rounds, fetch->round), "proxy", STR_EMPTY),
    };
    Str problem = host_settings_fetch(&fetch->host, &source, driver, &lines, call->arena);
    if (problem.len)
        return path_error(
            call, PATH_AT(call, {ROUNDS_ARGUMENT}, {.key = fetch->round->key}, {"repository"}),
            diags, "Setting not possible", "%.*s", STR_ARG(problem));
    return run_fetch(fetch, lines, diags);
}

static bool is_in_round(const Rounds *rounds, const KubeRound *round, const KubeadmPeer *peer) {
    for (size_t i = 0; i < round->nodes.count; i++) {
        if (rounds->peers->items.items[round->nodes.items[i]] == peer)
            return true;
    }
    return false;
}

/* Gives the machine the programs and the images of the round. */
static bool fetch_programs(const Rounds *rounds, const KubeRound *round, const KubeadmPeer *peer,
                           SshLink *link, Diags *diags) {
    Arena *arena = rounds->call->arena;
    Fetch fetch = {.rounds = rounds, .round = round, .link = link};
    HostBundle source = {0};
    bool has_bundle = false;
    if (!host_look(link, NULL, &fetch.look, diags))
        return false;
    fetch.id = fetch_id(peer, round, arena);
    fetch.host = (HostRound){
        .runtime = host_facts_runtime(&fetch.look.facts),
        .directory = kubeadm_step_round_directory(round->version, arena),
        .version = kube_version_text(round->version, arena),
        .needs_kubelet = round->moves_kubelets,
        .is_bystander = !is_in_round(rounds, round, peer),
    };
    if (!open_bundle(rounds, round, host_facts_architecture(&fetch.look.facts), &source,
                     &has_bundle, diags))
        return false;
    if (!has_bundle)
        return fetch.host.is_bystander || fetch_packages(&fetch, diags);
    return fetch_members(&fetch, &source, diags);
}

static void report_progress(const Rounds *rounds, const KubeRound *round, const KubeadmPeer *peer) {
    Arena *arena = rounds->call->arena;
    call_progress(rounds->call, 0, 0,
                  str_to_cstr(str_format(arena, "round %.*s: %.*s",
                                         STR_ARG(kube_version_text(round->version, arena)),
                                         STR_ARG(peer->node.name)),
                              arena));
}

typedef struct RoundFetch {
    const Rounds *rounds;
    const KubeRound *round;
    bool *is_done; /* of each machine */
} RoundFetch;

static void fetch_one(void *payload, size_t index, const Call *call, Arena *, Diags *diags) {
    const RoundFetch *fetch = payload;
    const KubeadmPeer *peer = fetch->rounds->peers->items.items[index];
    SCOPED(SshLink) link = {0};
    Rounds rounds = *fetch->rounds;
    rounds.call = call;
    report_progress(&rounds, fetch->round, peer);
    fetch->is_done[index] = ssh_client_link(call, peer->object, &link, diags) &&
                            fetch_programs(&rounds, fetch->round, peer, &link, diags);
}

/* Several machines at once. */
static bool fetch_all(const Rounds *rounds, const KubeRound *round, Diags *diags) {
    size_t count = rounds->peers->items.count;
    RoundFetch fetch = {rounds, round, arena_new_array(rounds->call->arena, bool, count)};
    call_pool_run(rounds->call, count, fetch_one, &fetch, diags);
    for (size_t i = 0; i < count; i++) {
        if (!fetch.is_done[i])
            return false;
    }
    return true;
}

/* Apply: the nodes of a round. */

/* The object of the kubeadm_init has the configuration of all kubelets. */
static Str ignored_check(const Rounds *rounds, const KubeRound *round, const KubeadmPeer *peer) {
    KubeadmNode node = peer->node;
    node.object = rounds->object;
    return kubeadm_node_ignored_check(&node, round->version);
}

static bool rounds_change_member(const Rounds *rounds, const KubeRound *round, KubeadmPeer *peer,
                                 Diags *diags) {
    const Call *call = rounds->call;
    SCOPED(ClusterApi) api = {0};
    bool is_first = peer == rounds->peers->items.items[0];
    KubeadmUpgradeStep step = {.id = peer->node.name,
                               .kind = is_first ? KUBEADM_UPGRADE_APPLY : KUBEADM_UPGRADE_NODE,
                               .version = round->version,
                               .ignored = ignored_check(rounds, round, peer)};
    if (!kubeadm_step_round(&peer->link, &step, diags))
        return false;
    peer->wanted = round->version;
    return !round->moves_kubelets ||
           (kubeadm_peer_api(peer, &api, diags) &&
            cluster_api_wait(call, &api, KUBEADM_NODE_READY_MS, diags) &&
            node_object_wait_version(call, &api, peer->node.name, round->version, diags));
}

static bool round_worker(const KubeadmWorker *worker, Diags *diags) {
    KubeadmUpgradeStep step = {.id = worker->node->name,
                               .kind = KUBEADM_UPGRADE_NODE,
                               .version = worker->version,
                               .ignored = worker->ignored};
    return kubeadm_step_round(worker->node->link, &step, diags);
}

static bool rounds_change_worker(const Rounds *rounds, const KubeRound *round, KubeadmPeer *peer,
                                 Diags *diags) {
    SCOPED(ClusterApi) api = {0};
    KubeadmWorker worker = {&peer->node, round->version, 1, ignored_check(rounds, round, peer),
                            round_worker};
    return kubeadm_node_api(&peer->node, &api, diags) &&
           kubeadm_upgrade_worker(&worker, &api, diags);
}

static bool change_node(const Rounds *rounds, const KubeRound *round, KubeadmPeer *peer,
                        Diags *diags) {
    report_progress(rounds, round, peer);
    bool is_good = peer->node.is_control_plane ? rounds_change_member(rounds, round, peer, diags)
                                               : rounds_change_worker(rounds, round, peer, diags);
    if (!is_good || !kubeadm_gate_wait(rounds->call, rounds->peers, KUBEADM_GATE_NODE, diags))
        return false;
    kubeadm_step_end_round(&peer->link, peer->node.name, round->version);
    return true;
}

/* etcd of another sort is not checked. */
static bool may_follow(const Rounds *rounds, const KubeRound *round, Diags *diags) {
    KubeVersion etcd;
    return !kubeadm_gate_etcd(rounds->peers->items.items[0], &etcd) ||
           check_etcd(rounds, round, etcd, diags);
}

static bool patch_etcd(const Rounds *rounds, const KubeRound *round, Diags *diags) {
    EtcdPatch patch = patch_of(rounds);
    return kubeadm_etcd_patch_run(&patch, round, diags);
}

/* Before a round: etcd may follow, and the cluster is healthy. Members of etcd with several
 * versions, which an interrupted run leaves, would not pass the gate. */
static bool pass_gate(const Rounds *rounds, const KubeRound *round, Diags *diags) {
    return patch_etcd(rounds, round, diags) &&
           kubeadm_gate_wait(rounds->call, rounds->peers, KUBEADM_GATE_ROUND, diags) &&
           may_follow(rounds, round, diags);
}

static bool run_round(const Rounds *rounds, const KubeRound *round, KubeVersion from, Value config,
                      Diags *diags) {
    KubeadmPeers *peers = rounds->peers;
    if (!fetch_all(rounds, round, diags) || !pass_gate(rounds, round, diags) ||
        !kubeadm_upgrade_snapshot(&peers->items.items[0]->node, from, config, diags))
        return false;
    for (size_t i = 0; i < round->nodes.count; i++) {
        KubeadmPeer *peer = peers->items.items[round->nodes.items[i]];
        if (!change_node(rounds, round, peer, diags))
            return path_error(
                rounds->call, PATH_AT(rounds->call, {"kubernetes_version"}), diags,
                "Upgrade stopped",
                "The round to %.*s ended at \"%.*s\". Nodes that completed it stay in that "
                "version. Mend the cause and apply again: the plan shows the rounds that remain.",
                STR_ARG(kube_version_text(round->version, rounds->call->arena)),
                STR_ARG(peer->node.name));
    }
    return true;
}

/* Control planes on which a step of an interrupted run has not ended. */
static bool mend_members(const Rounds *rounds, Diags *diags) {
    vec_each(&rounds->peers->items, peer) {
        if ((*peer)->node.is_control_plane && (*peer)->has_former_files &&
            !kubeadm_turn_mend(rounds->peers, *peer, diags))
            return false;
    }
    return true;
}

bool kubeadm_rounds_run(const KubeadmNode *node, Value prior, Value config, KubeVersion *from,
                        Diags *diags) {
    const Call *call = node->call;
    SCOPED(KubeadmPeers) peers = {0};
    Rounds rounds = {.call = call, .object = node->object, .peers = &peers};
    if (!kubeadm_upgrade_versions(prior, node->object, from, &rounds.to) ||
        kube_version_compare(*from, rounds.to) == 0)
        return true;
    if (!kubeadm_peer_open(call, node->object, &peers, diags) ||
        !kubeadm_peer_look(call, &peers, diags) || !list_rounds(&rounds, diags) ||
        !check_cgroups(&rounds, diags) || !mend_members(&rounds, diags))
        return false;
    *from = kube_rounds_lowest(&peers.rounds);
    if (rounds.list.count > 1 && !kubeadm_gate_check_complete(call, &peers, ROUNDS_ARGUMENT, diags))
        return false;
    /* A step to the next version alone checks only the rule of etcd. */
    vec_each(&rounds.list, round) {
        if (!round->key.len)
            return rounds.list.count > 1
                       ? pass_gate(&rounds, round, diags)
                       : patch_etcd(&rounds, round, diags) && may_follow(&rounds, round, diags);
        if (!run_round(&rounds, round, *from, config, diags))
            return false;
        *from = round->version;
    }
    return true;
}

/* kube_rounds: functions without side effects over versions. */
#include "kube_rounds.h"
#include "kube_release.h"
#include "str_quote.h"

/* Entries. */

static Str check_entry(Str entry, KubeVersion to, Arena *arena) {
    KubeVersion version;
    Str quoted = str_quote(entry, arena), target = kube_version_text(to, arena);
    if (!kube_version_parse(entry, &version))
        return str_format(arena, "%.*s is not a version such as \"1.35.4\".", STR_ARG(quoted));
    if (version.major != to.major || version.minor > to.minor)
        return str_format(
            arena,
            "%.*s is newer than %.*s, at which the upgrade ends. Remove the entry, or "
            "raise kubernetes_version.",
            STR_ARG(quoted), STR_ARG(target));
    if (version.minor == to.minor)
        return str_format(arena,
                          "%.*s is superfluous: the last step of the upgrade goes to %.*s, of the "
                          "same minor version. Remove the entry.",
                          STR_ARG(quoted), STR_ARG(target));
    return kube_release_check_supported(version, arena);
}

Str kube_rounds_check(const StrVec *entries, KubeVersion to, Str *at, Arena *arena) {
    KubeVersion first, second;
    vec_each(entries, entry) {
        Str problem = check_entry(*entry, to, arena);
        *at = *entry;
        if (problem.len)
            return problem;
        vec_each(entries, other) {
            if (other >= entry || !kube_version_parse(*entry, &second) ||
                !kube_version_parse(*other, &first) || first.minor != second.minor)
                continue;
            return str_format(arena,
                              "%.*s and %.*s have the same minor version; the upgrade needs one of "
                              "them. Remove the other.",
                              STR_ARG(str_quote(*other, arena)), STR_ARG(str_quote(*entry, arena)));
        }
    }
    return STR_EMPTY;
}

/* Rounds. */

KubeVersion kube_rounds_lowest(const RoundNodes *nodes) {
    const RoundNode *found = NULL;
    vec_each(nodes, node) {
        if (node->is_control_plane &&
            (!found || kube_version_compare(node->server, found->server) < 0))
            found = node;
    }
    return found ? found->server : (KubeVersion){0};
}

/* Versions of the nodes after the rounds so far. */
typedef struct Progress {
    const RoundNodes *nodes;
    KubeVersion *kubelets;
    KubeVersion *servers;
    KubeVersion to;
} Progress;

/* Whether a kubelet is too old for the API server of the last round. */
static bool kubelets_must_move(const Progress *progress) {
    for (size_t i = 0; i < progress->nodes->count; i++) {
        if (kube_version_check_kubelet(progress->kubelets[i], progress->to))
            continue;
        return true;
    }
    return false;
}

static bool must_change(const Progress *progress, size_t i, const KubeRound *round, Arena *arena) {
    const RoundNode *node = &progress->nodes->items[i];
    Str text = kube_version_text(round->version, arena);
    if (node->is_control_plane && kube_version_compare(progress->servers[i], round->version) < 0)
        return true;
    if (str_is_among(text, node->unfinished.items, node->unfinished.count))
        return true;
    return round->moves_kubelets && kube_version_compare(progress->kubelets[i], round->version) < 0;
}

static void add_nodes(Progress *progress, KubeRound *round, bool is_control_plane, Arena *arena) {
    for (size_t i = 0; i < progress->nodes->count; i++) {
        if (progress->nodes->items[i].is_control_plane != is_control_plane ||
            !must_change(progress, i, round, arena))
            continue;
        vec_push(arena, &round->nodes, i);
        round->control_planes += is_control_plane;
        progress->servers[i] = round->version;
        if (round->moves_kubelets)
            progress->kubelets[i] = round->version;
    }
}

/* Adds the round if it changes a node, or if it is the last one. */
static void add_round(Progress *progress, KubeVersion version, Str key, KubeRounds *out,
                      Arena *arena) {
    KubeRound round = {.version = version, .key = key};
    round.moves_kubelets = !key.len || kubelets_must_move(progress);
    add_nodes(progress, &round, true, arena);
    add_nodes(progress, &round, false, arena);
    if (!key.len || round.nodes.count)
        vec_push(arena, out, round);
}

static StrVec sorted_entries(const StrVec *entries, Arena *arena) {
    StrVec sorted = {0};
    vec_each(entries, entry) {
        KubeVersion own, other;
        size_t at = sorted.count;
        vec_push(arena, &sorted, *entry);
        for (; at > 0 && kube_version_parse(sorted.items[at - 1], &other) &&
               kube_version_parse(*entry, &own) && kube_version_compare(other, own) > 0;
             at--)
            sorted.items[at] = sorted.items[at - 1];
        sorted.items[at] = *entry;
    }
    return sorted;
}

static Str check_gap(KubeVersion from, KubeVersion next, KubeVersion lowest, KubeVersion to,
                     Arena *arena) {
    if (next.minor <= from.minor + 1)
        return STR_EMPTY;
    return str_format(arena,
                      "A control plane runs %.*s, and an upgrade to %.*s goes through each minor "
                      "version between. \"upgrade_through\" of kubeadm_init lacks a version of "
                      "%u.%u: add one with its bundle or repository, such as \"%u.%u.N\".",
                      STR_ARG(kube_version_text(lowest, arena)),
                      STR_ARG(kube_version_text(to, arena)), from.major, from.minor + 1, from.major,
                      from.minor + 1);
}

Str kube_rounds_list(const RoundNodes *nodes, const StrVec *entries, KubeVersion to,
                     KubeRounds *out, Arena *arena) {
    KubeVersion lowest = kube_rounds_lowest(nodes), current = lowest, version;
    StrVec sorted = sorted_entries(entries, arena);
    Progress progress = {nodes, arena_new_array(arena, KubeVersion, nodes->count),
                         arena_new_array(arena, KubeVersion, nodes->count), to};
    for (size_t i = 0; i < nodes->count; i++) {
        progress.kubelets[i] = nodes->items[i].kubelet;
        progress.servers[i] = nodes->items[i].server;
    }
    vec_each(&sorted, entry) {
        if (!kube_version_parse(*entry, &version))
            continue;
        if (kube_version_compare(version, current) > 0) {
            Str problem = check_gap(current, version, lowest, to, arena);
            if (problem.len)
                return problem;
            current = version;
        }
        add_round(&progress, version, *entry, out, arena);
    }
    Str problem = check_gap(current, to, lowest, to, arena);
    if (!problem.len)
        add_round(&progress, to, STR_EMPTY, out, arena);
    return problem;
}

/* Notes. */

static void note_round(StrBuf *out, const KubeRound *round, const RoundNodes *nodes,
                       int64_t max_unavailable, Arena *arena) {
    size_t workers = round->nodes.count - round->control_planes;
    if (round->etcd.len)
        strbuf_add_format(out, "etcd %.*s (%.*s), ", STR_ARG(round->etcd),
                          STR_ARG(str_join(round->etcd_members.items, round->etcd_members.count,
                                           STR(" "), arena)));
    strbuf_add_format(out, "%.*s (", STR_ARG(kube_version_text(round->version, arena)));
    for (size_t i = 0; i < round->control_planes; i++)
        strbuf_add_format(out, "%s%.*s", i ? " " : "",
                          STR_ARG(nodes->items[round->nodes.items[i]].name));
    if (workers)
        strbuf_add_format(out, "%s%zu worker%s, at most %lld at once",
                          round->control_planes ? ", then " : "", workers, workers == 1 ? "" : "s",
                          (long long)(round->key.len ? 1 : max_unavailable));
    strbuf_add_char(out, ')');
}

Str kube_rounds_note(const KubeRounds *rounds, const RoundNodes *nodes, int64_t max_unavailable,
                     Arena *arena) {
    StrBuf out = strbuf_new(arena);
    strbuf_add_cstr(&out, "rounds: ");
    vec_each(rounds, round) {
        if (round != rounds->items)
            strbuf_add_cstr(&out, ", ");
        note_round(&out, round, nodes, max_unavailable, arena);
    }
    return strbuf_str(&out);
}

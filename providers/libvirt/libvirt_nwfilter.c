/* libvirt_nwfilter: rules that the host applies to the packets of a guest's interface. */
#include <libxml/tree.h>

#include "digest.h"
#include "filter_ref.h"
#include "items.h"
#include "libvirt_client.h"
#include "libvirt_error.h"
#include "libvirt_identity.h"
#include "libvirt_object.h"
#include "libvirt_provider.h"

static Str check_rule_priority(Value value, Arena *arena) {
    int64_t priority = 0;
    if (value_to_int(value, &priority) && priority >= -1000 && priority <= 1000)
        return STR_EMPTY;
    return str_format(arena, "A priority is an integer from -1000 to 1000; the lowest goes first.");
}

#define PROTOCOLS                                                                                  \
    "mac vlan stp arp rarp ip ipv6 tcp udp udplite icmp igmp esp ah sctp all tcp-ipv6 udp-ipv6 "   \
    "icmpv6 esp-ipv6 ah-ipv6 sctp-ipv6 all-ipv6 udplite-ipv6"

/* What a packet must look like; empty attributes match all. Names as libvirt has them, but for
 * those in rule_names. */
/* clang-format off */
static const Attribute rule_attributes[] = {
    {"action", &TYPE_STRING, REQUIRED,
     "accept, drop, reject, return or continue.",
     .words = "accept drop reject return continue"},
    {"direction", &TYPE_STRING, REQUIRED,
     "As the guest sees it: in, out or inout.",
     .words = "in out inout"},
    {"priority", &TYPE_NUMBER, OPTIONAL | COMPUTED,
     "Place among the rules, -1000 to 1000, the lowest first.",
     .default_json = "500", .check = check_rule_priority},
    {"statematch", &TYPE_BOOL, OPTIONAL, "false: without connection tracking."},
    {"protocol", &TYPE_STRING, OPTIONAL | COMPUTED,
     "tcp, udp, icmp, all, tcp-ipv6, all-ipv6, ip, arp, mac, …: the kind of packet.",
     .default_json = "\"all\"", .words = PROTOCOLS},
    {"match", &TYPE_BOOL, OPTIONAL, "false: packets that do not look like this."},
    {"srcmacaddr", &TYPE_STRING, OPTIONAL, "Sender's MAC address."},
    {"srcmacmask", &TYPE_STRING, OPTIONAL, "Mask of the sender's MAC address."},
    {"dstmacaddr", &TYPE_STRING, OPTIONAL, "Receiver's MAC address."},
    {"dstmacmask", &TYPE_STRING, OPTIONAL, "Mask of the receiver's MAC address."},
    {"protocolid", &TYPE_STRING, OPTIONAL, "Of mac: number or name of the protocol within."},
    {"srcipaddr", &TYPE_STRING, OPTIONAL, "Sender's address, or a variable such as $ADMIN."},
    {"srcipmask", &TYPE_STRING, OPTIONAL, "Its mask or prefix length."},
    {"dstipaddr", &TYPE_STRING, OPTIONAL, "Receiver's address, or a variable."},
    {"dstipmask", &TYPE_STRING, OPTIONAL, "Its mask or prefix length."},
    {"srcipfrom", &TYPE_STRING, OPTIONAL, "First of a range of senders."},
    {"srcipto", &TYPE_STRING, OPTIONAL, "Last of a range of senders."},
    {"dstipfrom", &TYPE_STRING, OPTIONAL, "First of a range of receivers."},
    {"dstipto", &TYPE_STRING, OPTIONAL, "Last of a range of receivers."},
    {"srcportstart", &TYPE_STRING, OPTIONAL, "Sender's port, or the first of a range."},
    {"srcportend", &TYPE_STRING, OPTIONAL, "Last port of the range."},
    {"dstportstart", &TYPE_STRING, OPTIONAL, "Receiver's port, or the first of a range."},
    {"dstportend", &TYPE_STRING, OPTIONAL, "Last port of the range."},
    {"ip_protocol", &TYPE_STRING, OPTIONAL, "Of ip and ipv6: the protocol within (tcp, udp)."},
    {"state", &TYPE_STRING, OPTIONAL, "NEW, ESTABLISHED, RELATED, …, with commas."},
    {"type", &TYPE_STRING, OPTIONAL, "Of icmp: the type."},
    {"code", &TYPE_STRING, OPTIONAL, "Of icmp: the code."},
    {"opcode", &TYPE_STRING, OPTIONAL, "Of arp: Request, Reply, …"},
    {"arpsrcmacaddr", &TYPE_STRING, OPTIONAL, "Of arp: the MAC address that it claims."},
    {"arpdstmacaddr", &TYPE_STRING, OPTIONAL, "Of arp: the MAC address that it asks."},
    {"arpsrcipaddr", &TYPE_STRING, OPTIONAL, "Of arp: the address that it claims."},
    {"arpdstipaddr", &TYPE_STRING, OPTIONAL, "Of arp: the address that it asks for."},
    {"connlimit_above", &TYPE_STRING, OPTIONAL, "Only from this many connections on."},
    {"ipset", &TYPE_STRING, OPTIONAL, "Name of an ipset on the host."},
    {"ipsetflags", &TYPE_STRING, OPTIONAL, "src and dst, with commas."},
    {"comment", &TYPE_STRING, OPTIONAL, "For people."},
};
/* clang-format on */

/* From here on rule_attributes are attributes of the protocol's element. */
#define FIRST_PACKET_ATTRIBUTE "srcmacaddr"

static const struct {
    const char *name;
    const char *xml;
} rule_names[] = {
    {"ip_protocol",     "protocol"       },
    {"connlimit_above", "connlimit-above"},
};

/* clang-format off */
static const Attribute reference_attributes[] = {
    {"filter", &TYPE_STRING, REQUIRED, "Name of another filter, whose rules join these."},
    {"parameters", &TYPE_MAP_OF_STRING_LISTS, OPTIONAL, "Values of its variables, each a list."},
};

static const Attribute nwfilter_attributes[] = {
    {"name", &TYPE_STRING, REQUIRED | FORCES_NEW, "Name, unique on the host."},
    {"chain", &TYPE_STRING, OPTIONAL | COMPUTED,
     "Where the rules hang: root, mac, arp, ipv4, …",
     .default_json = "\"root\""},
    {"priority", &TYPE_NUMBER, OPTIONAL, "Place of the chain among the others, -1000 to 1000."},
    {"rules", NULL, OPTIONAL,
     "What is done with which packets. Changes reach running guests at once.",
     .nested = NESTED(NEST_LIST, rule_attributes)},
    {"filterrefs", NULL, OPTIONAL,
     "Other filters that this one includes.",
     .nested = NESTED(NEST_LIST, reference_attributes)},
    {"id", &TYPE_STRING, COMPUTED, "UUID of the filter."},
};
/* clang-format on */

static const char *xml_name_of(const char *name) {
    for (size_t i = 0; i < ARRAY_COUNT(rule_names); i++)
        if (strcmp(rule_names[i].name, name) == 0)
            return rule_names[i].xml;
    return name;
}

static size_t first_packet_attribute(void) {
    size_t i = 0;
    while (strcmp(rule_attributes[i].name, FIRST_PACKET_ATTRIBUTE) != 0)
        i++;
    return i;
}

static bool nwfilter_plan(const Call *call,
                          const PlanRequest *request,
                          PlanResponse *response,
                          Diags *diags) {
    static const char *const parts[] = {"rules", "filterrefs", "chain", "priority"};
    (void)diags;
    if (!value_is_present(response->planned) || value_is_null(request->prior))
        return true;
    for (size_t i = 0; i < ARRAY_COUNT(parts); i++)
        if (items_differ(request->prior, response->planned, parts[i]))
            plan_note(response, path_attribute((Path){0}, str_from_cstr(parts[i]), call->arena),
                      STR("virNWFilterDefineXML, live"), call->arena);
    return true;
}

static void add_rule(xmlNodePtr parent, Value rule) {
    xmlNodePtr node = xml_add(parent, "rule");
    xml_set(node, "action", draft_text(rule, "action", STR_EMPTY));
    xml_set(node, "direction", draft_text(rule, "direction", STR_EMPTY));
    xml_set_int(node, "priority", draft_int(rule, "priority", 500));
    if (items_has(rule, "statematch"))
        xml_set(node, "statematch",
                draft_bool(rule, "statematch", true) ? STR("true") : STR("false"));
    SCOPED(ArenaRef) scratch = arena_open("rule");
    Str protocol = draft_text(rule, "protocol", STR("all"));
    xmlNodePtr packet = xml_add(node, str_to_cstr(protocol, scratch));
    if (items_has(rule, "match"))
        xml_set(packet, "match", draft_bool(rule, "match", true) ? STR("yes") : STR("no"));
    for (size_t i = first_packet_attribute(); i < ARRAY_COUNT(rule_attributes); i++) {
        const char *name = rule_attributes[i].name;
        if (items_has(rule, name))
            xml_set(packet, xml_name_of(name), draft_text(rule, name, STR_EMPTY));
    }
}

static const char *describe(const Call *call, Value planned, Str uuid) {
    SCOPED(XmlDoc) doc = xml_new("filter");
    xmlNodePtr root = xml_root(&doc);
    xml_set(root, "name", draft_text(planned, "name", STR_EMPTY));
    xml_set(root, "chain", draft_text(planned, "chain", STR("root")));
    if (items_has(planned, "priority"))
        xml_set_int(root, "priority", draft_int(planned, "priority", 0));
    xml_add_text(root, "uuid", uuid);
    for (size_t i = 0; i < items_count(planned, "filterrefs"); i++)
        filter_ref_add(root, items_at(planned, "filterrefs", i), "filter", call->arena);
    for (size_t i = 0; i < items_count(planned, "rules"); i++)
        add_rule(root, items_at(planned, "rules", i));
    return xml_print(&doc, call->arena);
}

static Value read_rule(xmlNodePtr node, const Type *type, Arena *arena) {
    Draft draft = items_draft(type, arena);
    xmlNodePtr packet = xml_find(node, "*");
    draft_set_text(&draft, "action", xml_get(node, "@action", arena), arena);
    draft_set_text(&draft, "direction", xml_get(node, "@direction", arena), arena);
    draft_set(&draft, "priority", value_int(xml_get_int(node, "@priority", 500)));
    Str statematch = xml_get(node, "@statematch", arena);
    if (statematch.len)
        draft_set(
            &draft, "statematch",
            value_bool(str_equal(statematch, STR("1")) || str_equal(statematch, STR("true"))));
    draft_set_text(&draft, "protocol", STR("all"), arena);
    if (!packet)
        return draft_value(&draft);
    items_set_copy(&draft, "protocol", (const char *)packet->name, arena);
    Str match = xml_get(packet, "@match", arena);
    if (match.len)
        draft_set(&draft, "match", value_bool(!str_equal(match, STR("no"))));
    for (size_t i = first_packet_attribute(); i < ARRAY_COUNT(rule_attributes); i++) {
        const char *name = rule_attributes[i].name;
        const char *path = str_to_cstr(str_format(arena, "@%s", xml_name_of(name)), arena);
        items_set_text(&draft, name, xml_get(packet, path, arena), arena);
    }
    return draft_value(&draft);
}

static void read_lists(Draft *draft, xmlNodePtr root, Arena *arena) {
    XmlNodes rules = xml_find_all(root, "rule", arena);
    XmlNodes references = xml_find_all(root, "filterref", arena);
    const Type *rules_type = items_type(draft->type, "rules");
    const Type *references_type = items_type(draft->type, "filterrefs");
    Values rule_values = {0};
    Values reference_values = {0};
    vec_each(&rules, rule)
        vec_push(arena, &rule_values, read_rule(*rule, rules_type->element, arena));
    vec_each(&references, reference)
        vec_push(arena, &reference_values,
                 filter_ref_read(*reference, references_type->element, "filter", arena));
    if (rules.count || !value_is_null(draft_get(draft, "rules")))
        draft_set(draft, "rules", items_list(rules_type, &rule_values, arena));
    if (references.count || !value_is_null(draft_get(draft, "filterrefs")))
        draft_set(draft, "filterrefs", items_list(references_type, &reference_values, arena));
}

static Str text_digest(const char *text, Arena *arena) {
    return digest_hex(DIGEST_SHA256, str_from_cstr(text), arena);
}

/* libvirt rewrites what it is given (order, masks, defaults). So the private data keeps the digest
 * of the description as it stood after loam wrote it: while that is unchanged, nothing changed. */
static bool read_filter(
    const Call *call, virNWFilterPtr filter, Str written, Value *state, Diags *diags) {
    Arena *arena = call->arena;
    SCOPED(XmlDoc) doc = {0};
    char *text = virNWFilterGetXMLDesc(filter, 0);
    if (!text)
        return libvirt_error_add(call, diags, "Cannot read the filter");
    bool is_unchanged = written.len && str_equal(text_digest(text, arena), written);
    if (!xml_take(text, &doc))
        return libvirt_error_add(call, diags, "Cannot read the filter");
    if (is_unchanged)
        return true;
    xmlNodePtr root = xml_root(&doc);
    Draft draft = draft_of(*state, arena);
    draft_set_text(&draft, "id", xml_get(root, "uuid", arena), arena);
    draft_set_text(&draft, "name", xml_get(root, "@name", arena), arena);
    draft_set_text(&draft, "chain", xml_get(root, "@chain", arena), arena);
    if (items_has(*state, "priority"))
        draft_set(&draft, "priority", value_int(xml_get_int(root, "@priority", 0)));
    read_lists(&draft, root, arena);
    *state = draft_value(&draft);
    return true;
}

static bool read_anew(const Call *call, void *filter, Value *state, Diags *diags) {
    return read_filter(call, filter, STR_EMPTY, state, diags);
}

static void *by_uuid(virConnectPtr connection, const char *uuid) {
    return virNWFilterLookupByUUIDString(connection, uuid);
}

static void *by_name(virConnectPtr connection, const char *name) {
    return virNWFilterLookupByName(connection, name);
}

static int uuid_of(void *handle, char *uuid) {
    return virNWFilterGetUUIDString(handle, uuid);
}

static int release(void *handle) {
    return virNWFilterFree(handle);
}

static const LibvirtObject filter_object = {
    .noun = "filter",
    .type = &libvirt_nwfilter,
    .by_uuid = by_uuid,
    .by_name = by_name,
    .uuid_of = uuid_of,
    .release = release,
    .read = read_anew,
};

/* Define with a UUID makes the filter or replaces its rules, on running guests too. */
static bool write_filter(
    const Call *call, Value planned, Str uuid, ApplyResponse *response, Diags *diags) {
    SCOPED(virConnectPtr) connection = NULL;
    if (!libvirt_client_connect(call, &connection, diags))
        return false;
    SCOPED(virNWFilterPtr)
    filter = virNWFilterDefineXML(connection, describe(call, planned, uuid));
    if (!filter) {
        LibvirtError error = libvirt_error_last(call->arena);
        return libvirt_object_add_define_error(&filter_object, call, connection, planned, uuid,
                                               &error, response, diags);
    }
    Draft draft = draft_of(planned, call->arena);
    draft_set_text(&draft, "id", uuid, call->arena);
    response->state = draft_value(&draft);
    char *text = virNWFilterGetXMLDesc(filter, 0);
    if (text)
        response->private_data = text_digest(text, call->arena);
    free(text);
    return true;
}

static bool nwfilter_create(const Call *call,
                            const ApplyRequest *request,
                            ApplyResponse *response,
                            Diags *diags) {
    return write_filter(call, request->planned, libvirt_identity_of(call, request), response,
                        diags);
}

static bool nwfilter_update(const Call *call,
                            const ApplyRequest *request,
                            ApplyResponse *response,
                            Diags *diags) {
    Str uuid = draft_text(request->prior, "id", STR_EMPTY);
    return write_filter(call, request->planned, uuid, response, diags);
}

static bool nwfilter_delete(const Call *call, const ApplyRequest *request, Diags *diags) {
    bool is_gone = false;
    Str name = draft_text(request->prior, "name", STR_EMPTY);
    SCOPED(virNWFilterPtr)
    filter = libvirt_object_find(&filter_object, call, request->prior, &is_gone, diags);
    if (!filter)
        return is_gone;
    if (virNWFilterUndefine(filter) == 0 || libvirt_error_is_gone(libvirt_error_code()))
        return true;
    if (libvirt_error_code() != VIR_ERR_OPERATION_INVALID)
        return libvirt_error_add(call, diags, "Cannot remove filter \"%.*s\"", STR_ARG(name));
    return libvirt_error_say(
        call, diags, str_format(call->arena, "The filter \"%.*s\" is in use", STR_ARG(name)),
        STR("A running guest or another filter refers to it. Take the "
            "reference away first."));
}

static bool nwfilter_read(const Call *call, Value *state, Str *private_data, Diags *diags) {
    bool is_gone = false;
    SCOPED(virNWFilterPtr)
    filter = libvirt_object_find(&filter_object, call, *state, &is_gone, diags);
    if (filter)
        return read_filter(call, filter, *private_data, state, diags);
    if (is_gone)
        *state = value_null(state->type);
    return is_gone;
}

static bool nwfilter_import(const Call *call, Str id, Value *state, Diags *diags) {
    return libvirt_object_import(&filter_object, call, id, state, diags);
}

static bool nwfilter_recover(const Call *call,
                             const RecoverRequest *request,
                             RecoverOutcome *outcome,
                             Value *state,
                             Diags *diags) {
    return libvirt_object_recover(&filter_object, call, request, outcome, state, diags);
}

const ResourceType libvirt_nwfilter = {
    .name = "libvirt_nwfilter",
    .is_held_by_users = true,
    .schema = {SCHEMA_ATTRIBUTES(nwfilter_attributes),
               .description = "A packet filter for network interfaces of guests."},
    .plan = nwfilter_plan,
    .identity = libvirt_identity_choose,
    .create = nwfilter_create,
    .update = nwfilter_update,
    .delete = nwfilter_delete,
    .read = nwfilter_read,
    .import = nwfilter_import,
    .recover = nwfilter_recover,
};

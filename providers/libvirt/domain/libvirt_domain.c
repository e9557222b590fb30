/* libvirt_domain: a virtual machine or container, identified by its UUID. A creation defines the
 * machine, then starts it; if the start fails, the machine stays defined for inspection. */
#include "adoption.h"
#include "dmacvicar_names.h"
#include "domain_address.h"
#include "domain_attributes.h"
#include "domain_plan.h"
#include "domain_power.h"
#include "domain_update.h"
#include "domain_xml.h"
#include "foreign_state.h"
#include "libvirt_client.h"
#include "libvirt_error.h"
#include "libvirt_identity.h"
#include "libvirt_object.h"
#include "libvirt_types.h"
#include "nested_list.h"
#include "object_id.h"
#include "timeouts.h"
#include "wait_until.h"
#include "xml_text.h"

static bool read_machine(const Call *call, void *domain, Value *state, Diags *diags) {
    return domain_read(call, virDomainGetConnect(domain), domain, state, diags);
}

static bool domain_add_define_error(const Call *call, const FailedDefine *failed,
                                    ApplyResponse *response, Diags *diags) {
    Value domain = failed->planned;
    if (str_equal(object_text(domain, "type", STR_EMPTY), STR("kvm")) &&
        failed->error.code == VIR_ERR_INVALID_ARG && !libvirt_client_has_kvm(failed->connection))
        return libvirt_error_say(call, diags,
                                 str_format(call->arena, "The host cannot run \"%.*s\" with KVM",
                                            STR_ARG(object_text(domain, "name", STR_EMPTY))),
                                 STR("Its processor, kernel or permissions of /dev/kvm prevent it. "
                                     "Set the provider's \"accel\" to tcg (slow) or auto."));
    return libvirt_object_add_define_error(call, failed, response, diags);
}

/* Applies autostart and power state, and reads addresses, after the machine is defined. */
static bool domain_apply_run_state(const Call *call, virDomainPtr domain, Value planned,
                                   DomainAddresses *addresses, Diags *diags) {
    bool autostart = object_bool(planned, "autostart", false);
    int now = 0;
    (void)virDomainGetAutostart(domain, &now);
    if (autostart != (now != 0) && virDomainSetAutostart(domain, autostart) < 0)
        return libvirt_error_add(call, diags, "Cannot set autostart");
    if (!object_bool(planned, "running", true))
        return domain_power_stop(call, domain, planned, diags);
    bool was_active = domain_power_read(call, domain) == 1;
    if (!domain_power_start(call, domain, planned, diags))
        return false;
    return was_active || domain_address_wait(call, domain, planned, addresses, diags);
}

/* Applies the state of the run to a defined machine, and sets the response. */
static bool finish(const Call *call, virDomainPtr domain, Value planned, ApplyResponse *response,
                   Diags *diags) {
    DomainAddresses addresses = {0};
    bool is_done = domain_apply_run_state(call, domain, planned, &addresses, diags);
    if (!libvirt_object_answer(call, domain, planned, is_done, response, diags))
        return false;
    if (addresses.all.count && !object_has(planned, "ip_addresses")) {
        ObjectBuilder builder = object_builder_of(response->state, call->arena);
        domain_address_set(&builder, &addresses, call->arena);
        response->state = object_builder_value(&builder);
    }
    return true;
}

static bool has_no_schema(void) {
    const virError *error = virGetLastError();
    return error && error->code == VIR_ERR_INTERNAL_ERROR && error->domain == VIR_FROM_XML;
}

/* Retries, since libxml2 initializes its schema types without a lock: of the first concurrent
 * validations in a daemon, one may fail once. A libvirt that cannot load its schema files at all,
 * such as the test driver in a relocatable archive, defines without validation. */
static virDomainPtr domain_define(const Call *call, virConnectPtr connection, const char *text) {
    static const WaitPauses pauses = {.first_ms = 50, .last_ms = 50, .count = 3};
    unsigned attempt = 0;
    virDomainPtr domain = NULL;
    do {
        domain = virDomainDefineXMLFlags(connection, text, VIR_DOMAIN_DEFINE_VALIDATE);
    } while (!domain && libvirt_error_code() == VIR_ERR_INTERNAL_ERROR &&
             wait_until_retry(call, &pauses, &attempt));
    if (!domain && has_no_schema())
        domain = virDomainDefineXMLFlags(connection, text, 0);
    return domain;
}

static bool domain_create(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                          Diags *diags) {
    SCOPED(virConnectPtr) connection = NULL;
    if (!libvirt_client_connect(call, &connection, diags))
        return false;
    Value planned = request->planned;
    if (!domain_plan_resolve(call, connection, &planned, diags))
        return false;
    Str uuid = libvirt_identity_of(call, request);
    bool is_adopted = false;
    if (!libvirt_object_adopt(call, connection, request, response, &is_adopted, diags))
        return false;
    if (is_adopted)
        return true;
    const char *text = domain_xml_describe(call, connection, planned, uuid, diags);
    if (!text)
        return false;
    SCOPED(virDomainPtr) domain = domain_define(call, connection, text);
    if (!domain) {
        const FailedDefine failed = {connection, planned, uuid, libvirt_error_last(call->arena)};
        return domain_add_define_error(call, &failed, response, diags);
    }
    return finish(call, domain, planned, response, diags);
}

/* libvirt's schema may reject XML that libvirt itself printed. So an edited description is also
 * tried without validation. */
static virDomainPtr define_edited(const Call *call, virConnectPtr connection, const char *text) {
    virDomainPtr domain = domain_define(call, connection, text);
    if (domain || libvirt_error_code() != VIR_ERR_XML_INVALID_SCHEMA)
        return domain;
    return virDomainDefineXMLFlags(connection, text, 0);
}

/* Reads the inactive XML and applies the planned changes. */
static bool describe_change(const Call *call, virDomainPtr domain, Value prior, Value planned,
                            XmlDoc *out, Diags *diags) {
    unsigned flags = VIR_DOMAIN_XML_INACTIVE | VIR_DOMAIN_XML_SECURE;
    if (!xml_take(virDomainGetXMLDesc(domain, flags), out))
        return libvirt_error_add(call, diags, "Cannot read the machine's definition");
    return domain_xml_edit(call, virDomainGetConnect(domain), prior, planned, xml_root(out), diags);
}

/* Applies live changes first: if the guest rejects one, the inactive XML must not have it
 * either. */
static bool domain_change(const Call *call, virConnectPtr connection, virDomainPtr domain,
                          Value prior, Value planned, Diags *diags) {
    SCOPED(XmlDoc) described = {0};
    if (!describe_change(call, domain, prior, planned, &described, diags))
        return false;
    bool is_active = domain_power_read(call, domain) == 1;
    bool stays_on = object_bool(planned, "running", true);
    DomainBounds bounds = domain_update_bounds(prior, is_active ? domain : NULL);
    DomainChanges changes = domain_update_compare(prior, planned, bounds, call->arena);
    if (is_active && (changes.restarts || !stays_on)) {
        if (!domain_power_stop(call, domain, planned, diags))
            return false;
        is_active = false;
    }
    const LiveMachine machine = {domain, prior, planned, xml_root(&described)};
    if (is_active && !domain_update_live(call, &machine, &changes, diags))
        return false;
    SCOPED(virDomainPtr)
    again = define_edited(call, connection, xml_print(&described, call->arena));
    return again || libvirt_error_add(call, diags, "Cannot change the machine's definition");
}

static bool domain_update(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                          Diags *diags) {
    SCOPED(virDomainPtr) domain = libvirt_object_get(call, request->prior, diags);
    if (!domain)
        return false;
    virConnectPtr connection = virDomainGetConnect(domain);
    Value planned = request->planned;
    if (!domain_plan_resolve(call, connection, &planned, diags))
        return false;
    return domain_change(call, connection, domain, request->prior, planned, diags)
               ? finish(call, domain, planned, response, diags)
               : libvirt_object_answer(call, domain, planned, false, response, diags);
}

/* Tries fewer flags in turn: an older driver rejects unknown flags, the simplest driver rejects
 * all. */
static bool undefine(virDomainPtr domain) {
    static const unsigned flags[] = {
        VIR_DOMAIN_UNDEFINE_MANAGED_SAVE | VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA |
            VIR_DOMAIN_UNDEFINE_NVRAM | VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA |
            VIR_DOMAIN_UNDEFINE_TPM,
        VIR_DOMAIN_UNDEFINE_MANAGED_SAVE | VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA |
            VIR_DOMAIN_UNDEFINE_NVRAM | VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA,
        VIR_DOMAIN_UNDEFINE_MANAGED_SAVE | VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA |
            VIR_DOMAIN_UNDEFINE_NVRAM,
        0,
    };
    for (size_t i = 0; i < ARRAY_COUNT(flags); i++) {
        if (virDomainUndefineFlags(domain, flags[i]) == 0)
            return true;
        if (libvirt_error_code() != VIR_ERR_INVALID_ARG)
            break;
    }
    return libvirt_error_is_gone(libvirt_error_code());
}

/* A running machine that is undefined would continue until it stops. */
static bool domain_remove(const Call *call, void *domain, Value prior, Diags *diags) {
    return domain_power_stop(call, domain, prior, diags) &&
           (undefine(domain) || libvirt_error_add(call, diags, "Cannot remove the machine \"%.*s\"",
                                                  STR_ARG(object_text(prior, "name", STR_EMPTY))));
}

static bool domain_limits(const Call *call, const LimitsRequest *request, LimitsResponse *response,
                          Diags *) {
    LimitAction action = request->action;
    Value object = request->object;
    if (!value_is_present(object))
        return true;
    if (action == LIMIT_CREATE && object_bool(object, "running", true))
        libvirt_identity_limit(call, "libvirt_starts",
                               str_from_cstr(libvirt_client_options(call)->uri), 4,
                               &response->limits);
    else
        libvirt_identity_limit(call, "libvirt_domain", object_text(object, "id", STR_EMPTY), 1,
                               &response->limits);
    return true;
}

static bool plan_machine(const Call *call, const PlanRequest *request, PlanResponse *response,
                         Diags *diags) {
    return domain_plan(call, request, response, diags) &&
           (!value_is_present(response->planned) ||
            (domain_plan_check(call, request, response, diags) &&
             libvirt_object_plan_adoption(call, request, response, diags)));
}

static const LibvirtObject machine_object = {
    .kind = &libvirt_kind_machine,
    .read = read_machine,
    .resolve = domain_plan_resolve,
    .own = "update_policy",
    .remove = domain_remove,
};

static const ArgumentRule domain_rules[] = {
    {RULE_CONFLICTS, {"console", "serial"}},
};

static const Block domain_blocks[] = {TIMEOUTS_BLOCK};

const ResourceType libvirt_domain = {
    .name = "libvirt_domain",
    .schema = {.attributes = domain_attributes,
               .attribute_count = DOMAIN_ATTRIBUTE_COUNT,
               SCHEMA_BLOCKS(domain_blocks),
               SCHEMA_RULES(domain_rules),
               .version = FOREIGN_STATE_VERSION,
               .foreign = &dmacvicar_domain_names,
               .text_check = xml_text_check,
               .description = "A virtual machine or a container."},
    .validate = domain_plan_validate,
    .plan = plan_machine,
    .create = domain_create,
    .update = domain_update,
    .delete = libvirt_object_delete,
    .read = libvirt_object_read,
    .upgrade = libvirt_object_upgrade,
    .payload = &machine_object,
    LIBVIRT_OBJECT_SLOTS,
    .import_id = "UUID or name of the machine",
    .limits = domain_limits,
};

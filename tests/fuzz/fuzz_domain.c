/* Any bytes as the definition of a machine that libvirt returns: it is read into an object of the
 * type, first as an import, then as a refresh; the second read finds no difference. The rest of the
 * host is libvirt's test driver. */
#include "domain_xml.h"
#include "libvirt_client.h"
#include "libvirt_provider.h"
#include "object_builder.h"
#include "resource_type.h"

#include <libvirt/virterror.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static Str definition;

/* These replace libvirt's functions of the same name, which belong to a dynamic library. */

char *virDomainGetXMLDesc(virDomainPtr domain, unsigned int flags) {
    (void)domain, (void)flags;
    char *text = malloc(definition.len + 1);
    CHECK(text);
    memcpy(text, definition.ptr, definition.len);
    text[definition.len] = 0;
    return text;
}

int virDomainIsActive(virDomainPtr) {
    return 0;
}

int virDomainGetAutostart(virDomainPtr, int *autostart) {
    *autostart = 0;
    return 0;
}

static void ignore(void *payload, virErrorPtr error) {
    (void)payload, (void)error;
}

static virConnectPtr connect_to_test(void) {
    static virConnectPtr connection;
    if (!connection) {
        virSetErrorFunc(NULL, ignore);
        connection = virConnectOpen("test:///default");
        CHECK(connection);
    }
    return connection;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    SCOPED(ArenaRef) arena = arena_open("fuzz");
    Io io = io_real();
    Diags diags = diags_new(arena);
    const Schema *schema = &libvirt_domain.schema;
    LibvirtOptions options = {.uri = "test:///default", .default_pool = STR("default-pool")};
    Call call = {
        .io = &io,
        .type = &libvirt_domain.type,
        .arena = arena,
        .address = STR("libvirt_domain.a"),
        .client = libvirt_client_new(&options, arena),
    };
    definition = (Str){(const char *)data, size};
    ObjectBuilder builder = object_builder_empty(schema, arena);
    Value state = object_builder_value(&builder);
    bool ok = domain_read(&call, connect_to_test(), NULL, &state, &diags);
    CHECK(ok == !diags_has_errors(&diags));
    if (ok) {
        Value again = state;
        CHECK(domain_read(&call, connect_to_test(), NULL, &again, &diags));
        CHECK(type_equal(again.type, state.type));
    }
    libvirt_client_close(call.client);
    return 0;
}

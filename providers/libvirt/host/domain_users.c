/* domain_users: searches the live XML of running guests. */
#include "domain_users.h"

#include "xml.h"

/* A query: elements to search and the value to find. */
typedef struct Question {
    const char *elements;
    const char *source; /* paths relative to each element; any may match */
    const char *device;
    Str wanted;
} Question;

static void users_ask(virDomainPtr domain, const Question *question, DomainUsers *out,
                      Arena *arena) {
    SCOPED(XmlDoc) doc = {0};
    if (!xml_take(virDomainGetXMLDesc(domain, 0), &doc))
        return;
    XmlNodes elements = xml_find_all(xml_root(&doc), question->elements, arena);
    vec_each(&elements, element) {
        if (!str_equal(xml_get(*element, question->source, arena), question->wanted))
            continue;
        DomainUser user = {
            .name = xml_get(xml_root(&doc), "name", arena),
            .uuid = xml_get(xml_root(&doc), "uuid", arena),
            .device = xml_get(*element, question->device, arena),
        };
        vec_push(arena, out, user);
    }
}

static DomainUsers ask_all(virConnectPtr connection, const Question *question, Arena *arena) {
    DomainUsers users = {0};
    virDomainPtr *domains = NULL;
    int count = virConnectListAllDomains(connection, &domains, VIR_CONNECT_LIST_DOMAINS_ACTIVE);
    for (int i = 0; i < count; i++) {
        users_ask(domains[i], question, &users, arena);
        (void)virDomainFree(domains[i]);
    }
    free(domains);
    return users;
}

DomainUsers domain_users_of_file(virConnectPtr connection, Str path, Arena *arena) {
    Question question = {
        .elements = "devices/disk",
        .source = "source/@file|source/@dev",
        .device = "target/@dev",
        .wanted = path,
    };
    return ask_all(connection, &question, arena);
}

DomainUsers domain_users_of_network(virConnectPtr connection, Str network, Arena *arena) {
    Question question = {
        .elements = "devices/interface",
        .source = "source/@network",
        .device = "mac/@address",
        .wanted = network,
    };
    return ask_all(connection, &question, arena);
}

Str domain_users_names(const DomainUsers *users, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    for (size_t i = 0; i < users->count && i < 5; i++) {
        if (i)
            strbuf_add_cstr(&text, ", ");
        strbuf_add(&text, users->items[i].name);
    }
    if (users->count > 5)
        strbuf_add_format(&text, " and %zu more", users->count - 5);
    return strbuf_str(&text);
}

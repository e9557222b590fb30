#include "tls_subject.h"

#include "nested_list.h"
#include "object_builder.h"
#include "path_error.h"

#include <arpa/inet.h>

static const Attribute subject_attributes[] = {
    {"common_name", &TYPE_STRING, OPTIONAL | FORCES_NEW, "Common name (CN)."},
    {"organization", &TYPE_STRING, OPTIONAL | FORCES_NEW, "Organization (O)."},
    {"organizational_unit", &TYPE_STRING, OPTIONAL | FORCES_NEW, "Organizational unit (OU)."},
    {"street_address", &TYPE_LIST_OF_STRING, OPTIONAL | FORCES_NEW, "Street addresses (STREET)."},
    {"locality", &TYPE_STRING, OPTIONAL | FORCES_NEW, "Locality (L)."},
    {"province", &TYPE_STRING, OPTIONAL | FORCES_NEW, "State or province (ST)."},
    {"country", &TYPE_STRING, OPTIONAL | FORCES_NEW, "Country (C)."},
    {"postal_code", &TYPE_STRING, OPTIONAL | FORCES_NEW, "Postal code (PC)."},
    {"serial_number", &TYPE_STRING, OPTIONAL | FORCES_NEW, "Serial number (SERIALNUMBER)."},
    {"email_address", &TYPE_STRING, OPTIONAL | FORCES_NEW, "Email address."},
};

const Block tls_subject_block = {
    .name = "subject",
    .nesting = NEST_LIST,
    .schema = {SCHEMA_ATTRIBUTES(subject_attributes), .description = "Subject of the certificate."},
    .max_items = 1,
};

/* In the order of the parts in a name. */
static const struct {
    const char *name;
    int nid;
    int type;
} parts[] = {
    {"country", NID_countryName, MBSTRING_UTF8},
    {"province", NID_stateOrProvinceName, MBSTRING_UTF8},
    {"locality", NID_localityName, MBSTRING_UTF8},
    {"street_address", NID_streetAddress, MBSTRING_UTF8},
    {"postal_code", NID_postalCode, MBSTRING_UTF8},
    {"organization", NID_organizationName, MBSTRING_UTF8},
    {"organizational_unit", NID_organizationalUnitName, MBSTRING_UTF8},
    {"common_name", NID_commonName, MBSTRING_UTF8},
    {"serial_number", NID_serialNumber, MBSTRING_UTF8},
    {"email_address", NID_pkcs9_emailAddress, V_ASN1_IA5STRING},
};

Str tls_subject_check_texts(Value value, Arena *arena) {
    for (size_t i = 0; i < value.count; i++) {
        Value item = value_at(value, i);
        if (value_is_present(item) && value_text(item).len == 0)
            return str_format(arena, "The list must not contain an empty string.");
    }
    return STR_EMPTY;
}

void tls_subject_replace(const Call *call, const PlanRequest *request, PlanResponse *response) {
    if (!value_is_present(request->prior) ||
        !object_differs(request->prior, response->planned, tls_subject_block.name))
        return;
    Path path = path_attribute((Path){0}, STR("subject"), call->arena);
    vec_push(call->arena, &response->requires_replace, path);
}

/* Adds a part; `joins`: to the same set (RDN) as the previous one. */
static bool subject_add_part(X509_NAME *name, size_t part, Str text, bool joins) {
    return X509_NAME_add_entry_by_NID(name, parts[part].nid, parts[part].type,
                                      (const unsigned char *)text.ptr, (int)text.len, -1,
                                      joins ? -1 : 0) == 1;
}

static bool subject_add_parts(X509_NAME *name, size_t part, Value subject) {
    Value value = object_attribute(subject, parts[part].name);
    if (!value_is_present(value))
        return true;
    if (value.type->kind == KIND_STRING)
        return subject_add_part(name, part, value_text(value), false);
    bool is_good = true;
    for (size_t i = 0; i < value.count; i++)
        is_good &= subject_add_part(name, part, value_text(value_at(value, i)), i > 0);
    return is_good;
}

static bool validate_text(const Call *call, size_t part, Path path, Value text, Diags *diags) {
    X509_NAME *name = X509_NAME_new();
    CHECK(name);
    bool is_good = !value_is_present(text) || subject_add_part(name, part, value_text(text), false);
    X509_NAME_free(name);
    return is_good || path_error(call, path, diags, "Invalid certificate subject",
                                 "The value of \"%s\" is too long, too short or has invalid "
                                 "characters.",
                                 parts[part].name);
}

bool tls_subject_validate(const Call *call, const ValidateRequest *request, Diags *diags) {
    Value blocks = object_attribute(request->config, tls_subject_block.name);
    bool is_good = true;
    for (size_t i = 0; value_is_present(blocks) && blocks.count > 0 && i < ARRAY_COUNT(parts);
         i++) {
        Value value = object_attribute(value_at(blocks, 0), parts[i].name);
        Path path = PATH_AT(call, {tls_subject_block.name}, {.index = 0}, {parts[i].name});
        if (!value_is_present(value) || value.type->kind == KIND_STRING) {
            is_good &= validate_text(call, i, path, value, diags);
            continue;
        }
        for (size_t k = 0; k < value.count; k++)
            is_good &= validate_text(call, i, path, value_at(value, k), diags);
    }
    return is_good;
}

X509_NAME *tls_subject_name(Value object, Diags *diags) {
    X509_NAME *name = X509_NAME_new();
    CHECK(name);
    Value blocks = object_attribute(object, tls_subject_block.name);
    for (size_t i = 0; value_is_present(blocks) && blocks.count > 0 && i < ARRAY_COUNT(parts);
         i++) {
        if (subject_add_parts(name, i, value_at(blocks, 0)))
            continue;
        diags_error(diags, NO_RANGE, "Invalid certificate subject",
                    "The value of \"%s\" is too long, too short or has invalid characters.",
                    parts[i].name);
        X509_NAME_free(name);
        return NULL;
    }
    return name;
}

static GENERAL_NAME *new_name(int type, Str text) {
    GENERAL_NAME *name = GENERAL_NAME_new();
    ASN1_STRING *string =
        ASN1_STRING_type_new(type == GEN_IPADD ? V_ASN1_OCTET_STRING : V_ASN1_IA5STRING);
    CHECK(name && string && ASN1_STRING_set(string, text.ptr, (int)text.len) == 1);
    GENERAL_NAME_set0_value(name, type, string);
    return name;
}

static void push_name(GENERAL_NAMES **names, int type, Str text) {
    if (!*names)
        *names = GENERAL_NAMES_new();
    CHECK(*names && sk_GENERAL_NAME_push(*names, new_name(type, text)) > 0);
}

static bool push_address(GENERAL_NAMES **names, Str text, Arena *arena, Diags *diags) {
    char bytes[16];
    const char *address = str_to_cstr(text, arena);
    if (inet_pton(AF_INET, address, bytes) == 1) {
        push_name(names, GEN_IPADD, (Str){bytes, 4});
    } else if (inet_pton(AF_INET6, address, bytes) == 1) {
        push_name(names, GEN_IPADD, (Str){bytes, 16});
    } else {
        return diags_fail(diags, NO_RANGE, "Invalid IP address",
                          "\"%.*s\" of \"ip_addresses\" is not an IP address.", STR_ARG(text));
    }
    return true;
}

static bool subject_is_ascii(Str text) {
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.ptr[i] < 0x21 || (unsigned char)text.ptr[i] > 0x7e)
            return false;
    }
    return true;
}

static bool push_texts(GENERAL_NAMES **names, Value object, const char *attribute, int type,
                       Arena *arena, Diags *diags) {
    StrVec texts = nested_list_texts(object, attribute, arena);
    vec_each(&texts, text) {
        if (type == GEN_IPADD) {
            if (!push_address(names, *text, arena, diags))
                return false;
        } else if (subject_is_ascii(*text)) {
            push_name(names, type, *text);
        } else {
            return diags_fail(diags, NO_RANGE, "Invalid alternative name",
                              "\"%.*s\" of \"%s\" has characters that a certificate does not "
                              "allow. Write host names in their ASCII form (xn--…).",
                              STR_ARG(*text), attribute);
        }
    }
    return true;
}

bool tls_subject_names(Value object, GENERAL_NAMES **out, Arena *arena, Diags *diags) {
    *out = NULL;
    if (push_texts(out, object, "dns_names", GEN_DNS, arena, diags) &&
        push_texts(out, object, "ip_addresses", GEN_IPADD, arena, diags) &&
        push_texts(out, object, "uris", GEN_URI, arena, diags))
        return true;
    GENERAL_NAMES_free(*out);
    *out = NULL;
    return false;
}

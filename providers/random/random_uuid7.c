/* random_uuid7: a version 7 UUID: its creation time, then random bits. */
#include "hex.h"
#include "random.h"
#include "random_provider.h"
#include "random_uuid.h"

static const Attribute uuid7_attributes[] = {RANDOM_UUID_ATTRIBUTES};

static Str uuid7_draw(const Call *call) {
    unsigned char bytes[16];
    const Clock *clock = call->io->clock;
    uint64_t now = (uint64_t)clock->now_ms(clock->self);
    random_fill(bytes, sizeof bytes);
    for (int i = 0; i < 6; i++)
        bytes[i] = (unsigned char)(now >> (40 - 8 * i));
    bytes[6] = (unsigned char)(0x70 | (bytes[6] & 0x0f));
    bytes[8] = (unsigned char)(0x80 | (bytes[8] & 0x3f));
    Str hex = hex_encode((Str){(const char *)bytes, sizeof bytes}, call->arena);
    return str_format(call->arena, "%.8s-%.4s-%.4s-%.4s-%.12s", hex.ptr, hex.ptr + 8, hex.ptr + 12,
                      hex.ptr + 16, hex.ptr + 20);
}

static bool uuid7_uuid_create(const Call *call, const ApplyRequest *request,
                              ApplyResponse *response, Diags *) {
    response->state = random_uuid_describe(request->planned, uuid7_draw(call), call->arena);
    return true;
}

const ResourceType random_uuid7 = {
    .name = "random_uuid7",
    .schema = {SCHEMA_ATTRIBUTES(uuid7_attributes),
               .description = "A random UUID of version 7, which begins with the time."},
    .effect = EFFECT_NONE,
    .create = uuid7_uuid_create,
    .update = random_update,
    .import = random_uuid_import,
    .import_id = "UUID",
};

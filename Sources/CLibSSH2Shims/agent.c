/* The channels that a server opens to the agent of this side (auth-agent@openssh.com), which libssh2 can take
 * from 1.11 on; the header that this is compiled with may be older. It has confirmed a channel by the time it
 * tells of it, in the middle of reading a packet: nothing else may be asked of it then. */

#include "CLibSSH2Shims.h"

#include <string.h>

enum { CALLBACK_AUTHAGENT = 7, OWN_CHANNELS = 16 };

static void on_agent_channel(LIBSSH2_SESSION *session, LIBSSH2_CHANNEL *channel, void **abstract);

/* Without a callback libssh2 refuses such channels. Its refusal is one byte too long, for which OpenSSH
 * disconnects; so those that are too many are taken, too, as long as that costs little. */
static void listen(ccr_wire *wire, LIBSSH2_SESSION *session) {
    bool takes = wire->agent.accepts && wire->agent.count < CCR_AGENT_CHANNELS;
#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
#endif
    libssh2_session_callback_set(session, CALLBACK_AUTHAGENT, takes ? (void *)on_agent_channel : NULL);
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif
}

static int watched(const ccr_wire *wire) {
    int count = 0;
    for (int i = 0; i < CCR_CHANNELS; i++) count += wire->channels[i].watched;
    return count;
}

static void on_agent_channel(LIBSSH2_SESSION *session, LIBSSH2_CHANNEL *channel, void **abstract) {
    ccr_wire *wire = *abstract;
    ccr_agent_channel *taken = &wire->agent.channels[wire->agent.count++];
    taken->channel = channel;
    taken->number = ccr_next_channel(wire);
    /* The rest of the places is for channels of our own; of one that has none it is not known when the server
     * closes it, which only tells that what the agent says is of no use any more. */
    if (watched(wire) < CCR_CHANNELS - OWN_CHANNELS) ccr_watch_channel(wire, taken->number);
    listen(wire, session);
}

bool ccr_can_take_agent_channels(void) { return libssh2_version(0x010b00) != NULL; }

void ccr_take_agent_channels(ccr_wire *wire, bool accepts) {
    if (!wire->session || !ccr_can_take_agent_channels()) return;
    wire->agent.accepts = accepts;
    listen(wire, wire->session);
}

bool ccr_next_agent_channel(ccr_wire *wire, ccr_agent_channel *channel) {
    if (!wire->session || wire->agent.count == 0) return false;
    *channel = wire->agent.channels[0];
    wire->agent.count -= 1;
    memmove(wire->agent.channels, wire->agent.channels + 1,
            wire->agent.count * sizeof *wire->agent.channels);
    listen(wire, wire->session);
    return true;
}

uint32_t ccr_next_channel(ccr_wire *wire) { return wire->next_channel++; }

#pragma once
// The worker calls libsrtp 3; Debian has libsrtp 2. This header offers the calls that the worker makes in the shape of
// version 3, on version 2: a policy is an object behind a pointer, and packets go from one buffer to another.
//
// The functions of both versions share their names. They differ in their parameters, so C++ overloading keeps them
// apart; only the name of the policy type has to be moved out of the way while the old header is read.

#define srtp_policy_t srtp2_policy_t
#include <srtp2/srtp.h>
#undef srtp_policy_t

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <new>

// Error codes that version 3 added after the last one of version 2.
inline constexpr auto srtp_err_status_buffer_small = static_cast<srtp_err_status_t>(srtp_err_status_pkt_idx_adv + 1);
inline constexpr auto srtp_err_status_cryptex_err  = static_cast<srtp_err_status_t>(srtp_err_status_pkt_idx_adv + 2);

namespace parley
{
	/** A policy of version 2 together with the key that it points to. */
	struct SrtpPolicy
	{
		srtp2_policy_t inner{};
		std::array<uint8_t, SRTP_MAX_KEY_LEN> key{};
	};

	using InPlace = srtp_err_status_t (*)(srtp_t, void*, int*);

	/** Version 2 works in place: copies the packet to `out` if it is not there already, and lets `work` change it. */
	inline srtp_err_status_t convert(
	  InPlace work, srtp_t session, const uint8_t* in, size_t inLength, uint8_t* out, size_t* outLength, size_t growth)
	{
		if (*outLength < inLength + growth)
		{
			return srtp_err_status_buffer_small;
		}
		if (in != out)
		{
			std::copy_n(in, inLength, out);
		}

		auto length       = static_cast<int>(inLength);
		const auto status = work(session, out, &length);

		if (status == srtp_err_status_ok)
		{
			*outLength = static_cast<size_t>(length);
		}

		return status;
	}
} // namespace parley

using srtp_policy_t = parley::SrtpPolicy*;

inline srtp_err_status_t srtp_policy_create(srtp_policy_t* policy)
{
	*policy = new (std::nothrow) parley::SrtpPolicy();

	return *policy ? srtp_err_status_ok : srtp_err_status_alloc_fail;
}

inline void srtp_policy_destroy(srtp_policy_t policy)
{
	delete policy;
}

inline srtp_err_status_t srtp_policy_set_ssrc(srtp_policy_t policy, srtp_ssrc_t ssrc)
{
	policy->inner.ssrc = ssrc;

	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_policy_set_profile(srtp_policy_t policy, srtp_profile_t profile)
{
	const auto status = srtp_crypto_policy_set_from_profile_for_rtp(&policy->inner.rtp, profile);

	return status == srtp_err_status_ok ? srtp_crypto_policy_set_from_profile_for_rtcp(&policy->inner.rtcp, profile)
	                                    : status;
}

/** Version 2 wants key and salt in one piece. Master key identifiers are not used by the worker. */
inline srtp_err_status_t srtp_policy_add_key(
  srtp_policy_t policy,
  const uint8_t* key,
  size_t keyLength,
  const uint8_t* salt,
  size_t saltLength,
  const uint8_t* /*mki*/,
  size_t mkiLength)
{
	if (mkiLength != 0 || keyLength + saltLength > policy->key.size())
	{
		return srtp_err_status_bad_param;
	}

	std::copy_n(salt, saltLength, std::copy_n(key, keyLength, policy->key.begin()));
	policy->inner.key = policy->key.data();

	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_policy_set_allow_repeat_tx(srtp_policy_t policy, bool allow)
{
	policy->inner.allow_repeat_tx = allow ? 1 : 0;

	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_policy_set_window_size(srtp_policy_t policy, size_t packets)
{
	policy->inner.window_size = static_cast<unsigned long>(packets);

	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_create(srtp_t* session, srtp_policy_t policy)
{
	return srtp_create(session, &policy->inner);
}

inline srtp_err_status_t srtp_stream_remove(srtp_t session, uint32_t ssrc)
{
	return srtp_remove_stream(session, ssrc);
}

inline srtp_err_status_t srtp_protect(
  srtp_t session, const uint8_t* rtp, size_t rtpLength, uint8_t* srtp, size_t* srtpLength, size_t /*mkiIndex*/)
{
	return parley::convert(srtp_protect, session, rtp, rtpLength, srtp, srtpLength, SRTP_MAX_TRAILER_LEN);
}

inline srtp_err_status_t srtp_unprotect(
  srtp_t session, const uint8_t* srtp, size_t srtpLength, uint8_t* rtp, size_t* rtpLength)
{
	return parley::convert(srtp_unprotect, session, srtp, srtpLength, rtp, rtpLength, 0);
}

/** SRTCP also carries its index, four bytes (RFC 3711, section 3.4). */
inline srtp_err_status_t srtp_protect_rtcp(
  srtp_t session, const uint8_t* rtcp, size_t rtcpLength, uint8_t* srtcp, size_t* srtcpLength, size_t /*mkiIndex*/)
{
	return parley::convert(
	  srtp_protect_rtcp, session, rtcp, rtcpLength, srtcp, srtcpLength, SRTP_MAX_TRAILER_LEN + sizeof(uint32_t));
}

inline srtp_err_status_t srtp_unprotect_rtcp(
  srtp_t session, const uint8_t* srtcp, size_t srtcpLength, uint8_t* rtcp, size_t* rtcpLength)
{
	return parley::convert(srtp_unprotect_rtcp, session, srtcp, srtcpLength, rtcp, rtcpLength, 0);
}

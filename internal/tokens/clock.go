package tokens

import "time"

// sameInstant is how far apart two times of one event may be: operations write them with different digits, or from
// machines whose clocks differ a little.
const sameInstant = 2 * time.Second

// clockTolerance is how far this machine's clock and the service's may be apart without anybody noticing.
const clockTolerance = time.Minute

// youngAge is how long after its creation a token may be missing from a service that lags behind its own writes.
const youngAge = 5 * time.Minute

// after reports whether a is surely later than b: both are known, and they are too far apart to be one instant.
func after(a, b time.Time) bool {
	return !a.IsZero() && !b.IsZero() && a.Sub(b) > sameInstant
}

// keptTime is the time to store: what state holds already, unless the API now says another instant. A time that one of
// the two lacks is no difference.
func keptTime(prior, found time.Time) time.Time {
	if after(found, prior) || after(prior, found) {
		return found
	}
	return prior
}

// knownTime is the first of these times that is known.
func knownTime(times ...time.Time) time.Time {
	for _, t := range times {
		if !t.IsZero() {
			return t
		}
	}
	return time.Time{}
}

// Now is the time by the service's clock, as far as its responses tell. The API's times are compared with it.
func (s *Service) Now() time.Time { return s.now().Add(s.client.ClockOffset()) }

// Earliest is the time by whichever clock is behind, this machine's or the service's. A rotation by age needs both to
// agree, so that one wrong clock does not make every secret due.
func (s *Service) Earliest() time.Time {
	local, remote := s.now(), s.Now()
	if remote.Before(local) {
		return remote
	}
	return local
}

// isYoung reports whether a token was made so recently, by either clock, that the service may not show it everywhere yet.
// One whose age nobody knows may be young, and so may one that is still to come.
func (s *Service) isYoung(createdAt time.Time) bool {
	return createdAt.IsZero() || s.now().Sub(createdAt) < youngAge || s.Now().Sub(createdAt) < youngAge
}

// AgeInDays is how many whole days have passed since an instant; 0 for one that is still to come.
func AgeInDays(since, now time.Time) int { return max(0, int(now.Sub(since).Hours()/24)) }

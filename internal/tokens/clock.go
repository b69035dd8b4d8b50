package tokens

import "time"

// sameInstant is how far apart two times of one event may be. Operations write them with different digits, or on machines
// whose clocks differ a little.
const sameInstant = 2 * time.Second

// youngAge is how long a new token may be missing from the responses of a service that lags behind its own writes.
const youngAge = 5 * time.Minute

// after reports whether a is certainly later than b: both are known, and they are too far apart to be one instant.
func after(a, b time.Time) bool {
	return !a.IsZero() && !b.IsZero() && a.Sub(b) > sameInstant
}

// keptTime returns the time to store: that in prior state, unless the API now says another instant. If one of the two is
// unknown, they do not differ.
func keptTime(prior, found time.Time) time.Time {
	if after(found, prior) || after(prior, found) {
		return found
	}
	return prior
}

// knownTime returns the first of these times that is known, or zero.
func knownTime(times ...time.Time) time.Time {
	for _, t := range times {
		if !t.IsZero() {
			return t
		}
	}
	return time.Time{}
}

// Now returns the time by the service's clock, as far as its responses tell. Compare the API's times with it.
func (s *Service) Now() time.Time { return s.now().Add(s.client.ClockOffset()) }

// Earliest returns the time by the slower of two clocks: this machine's and the service's. A rotation by age happens only
// when both agree, so that one wrong clock does not make every secret due.
func (s *Service) Earliest() time.Time {
	local, remote := s.now(), s.Now()
	if remote.Before(local) {
		return remote
	}
	return local
}

// isYoung reports whether a token was created so recently, by either clock, that the service may not show it everywhere yet.
// It is true if the time is unknown or in the future.
func (s *Service) isYoung(createdAt time.Time) bool {
	return createdAt.IsZero() || s.now().Sub(createdAt) < youngAge || s.Now().Sub(createdAt) < youngAge
}

// AgeInDays returns how many whole days have passed since an instant; 0 if it is in the future.
func AgeInDays(since, now time.Time) int { return max(0, int(now.Sub(since).Hours()/24)) }

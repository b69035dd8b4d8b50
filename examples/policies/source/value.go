package main

import "maps"

// secrets says which kinds of secrets a value may hold, and what became of them.
type secrets uint8

const (
	tokenSecret secrets = 1 << iota // the secret of a token of this provider
	otherSecret                     // a sensitive variable, or what a secrets manager returns
	computed                        // made of a secret: whether it is null or an error tells something of the secret
	fromLocal                       // a token's secret that has passed a local value, which a plan does not show
)

// anything is what a value may hold of which nothing is known.
const anything = tokenSecret | otherSecret | computed

// computing is what a result may hold that is made of these.
func (s secrets) computing() secrets {
	if s == 0 {
		return 0
	}
	return s | computed
}

// value is what is known of an expression: which secrets it may hold, and where in it. What is in no attribute and no element is
// in the value itself: its text, the keys of a map, the number of elements of a list.
type value struct {
	itself secrets
	attrs  map[string]value // by name, of objects
	elem   *value           // any element of a list, a set or a map
}

// maxDepth is how deep a value is looked into. Deeper down, what a part may hold, the whole may hold.
const maxDepth = 6

var public = value{}

// all is what the value and its parts may hold.
func (v value) all() secrets {
	found := v.itself
	for _, attr := range v.attrs {
		found |= attr.all()
	}
	if v.elem != nil {
		found |= v.elem.all()
	}
	return found
}

// with adds secrets to the value itself.
func (v value) with(more secrets) value {
	v.itself |= more
	return v
}

// passing is the value after it has passed a local value.
func (v value) passing() value {
	passed := value{itself: v.itself}
	if v.itself&tokenSecret != 0 {
		passed.itself |= fromLocal
	}
	if v.attrs != nil {
		passed.attrs = map[string]value{}
		for name, attr := range v.attrs {
			passed.attrs[name] = attr.passing()
		}
	}
	if v.elem != nil {
		elem := v.elem.passing()
		passed.elem = &elem
	}
	return passed
}

// children is any attribute or element of the value.
func (v value) children() value {
	found := value{itself: v.itself}
	for _, attr := range v.attrs {
		found = join(found, attr)
	}
	if v.elem != nil {
		found = join(found, *v.elem)
	}
	return found
}

// get is an attribute, or the element with that key.
func (v value) get(name string) value {
	found := value{itself: v.itself}
	if attr, ok := v.attrs[name]; ok {
		found = join(found, attr)
	}
	if v.elem != nil {
		found = join(found, *v.elem)
	}
	return found
}

func listOf(elem value) value { return value{elem: &elem} }

// join is a value that may be either one.
func join(a, b value) value {
	joined := value{itself: a.itself | b.itself}
	if len(a.attrs)+len(b.attrs) > 0 {
		joined.attrs = maps.Clone(a.attrs)
		if joined.attrs == nil {
			joined.attrs = map[string]value{}
		}
		for name, attr := range b.attrs {
			joined.attrs[name] = join(joined.attrs[name], attr)
		}
	}
	switch {
	case a.elem != nil && b.elem != nil:
		elem := join(*a.elem, *b.elem)
		joined.elem = &elem
	case a.elem != nil:
		joined.elem = a.elem
	default:
		joined.elem = b.elem
	}
	return joined
}

// flat is the value without what is deeper in it than that.
func (v value) flat(depth int) value {
	if depth == 0 {
		return value{itself: v.all()}
	}
	flat := value{itself: v.itself}
	if len(v.attrs) > 0 {
		flat.attrs = map[string]value{}
		for name, attr := range v.attrs {
			flat.attrs[name] = attr.flat(depth - 1)
		}
	}
	if v.elem != nil {
		elem := v.elem.flat(depth - 1)
		flat.elem = &elem
	}
	return flat
}

func equal(a, b value) bool {
	return a.itself == b.itself && maps.EqualFunc(a.attrs, b.attrs, equal) && (a.elem == nil) == (b.elem == nil) && (a.elem == nil || equal(*a.elem, *b.elem))
}

package web

// DevicePage is where a member allows messages on a device, and what stands in the app afterwards. Its script decides which part shows.
type DevicePage struct {
	App    bool   // the installed app: the last message, without the list of devices
	Key    string // our public key at the push services
	Join   string // token by which this device may be added; empty: it may not
	Source string // who sends; may be empty
	Lead   string // what allowing means; may be empty
	Action string // removes a device of the list
	List   []DeviceLine
}

func (DevicePage) template() string { return "device" }

// DeviceLine is one device of the member.
type DeviceLine struct{ ID, Added string }

// What a page needs only when somebody looks back: recordings, the rewound picture, and the chat in step with both.
export { ChatReplay } from '../../chat/replay.tsx'
export { Recorded } from '../../media/vod/recorded.tsx'
export { Rewound } from '../../media/vod/rewound.tsx'

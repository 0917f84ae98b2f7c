"""Invented account exports, in the shapes that platforms write."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

Files = dict[str, str]


def as_files(files: Files, root: Path) -> Path:
    """Lay an export out as a folder."""
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


def as_zip(files: Files, path: Path) -> Path:
    """Pack an export as platforms send it."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def script(name: str, records: list[Any], part: int = 0) -> str:
    """A file of an X archive."""
    return f"window.YTD.{name}.part{part} = {json.dumps(records, indent=2)}"


def mangled(value: Any) -> str:
    """JSON as Meta writes it: every byte of UTF-8 a character of its own."""
    return json.dumps(_bytes(value), indent=2)


def _bytes(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode().decode("latin-1")
    if isinstance(value, dict):
        return {_bytes(key): _bytes(item) for key, item in value.items()}
    return [_bytes(item) for item in value] if isinstance(value, list) else value


def tweet(number: int, text: str = "late again", **more: Any) -> dict[str, Any]:
    return {
        "tweet": {
            "id": str(number),
            "id_str": str(number),
            "created_at": "Wed Mar 01 09:30:00 +0000 2023",
            "full_text": text,
            "favorite_count": "3",
            "retweet_count": "1",
            "lang": "en",
            **more,
        }
    }


X_ACCOUNT = {
    "data/account.js": script(
        "account",
        [
            {
                "account": {
                    "accountId": "70000000000000000001",
                    "username": "ann_lee",
                    "accountDisplayName": "Ann Lee",
                    "email": "ann@mail.example",
                    "createdAt": "2012-03-04T05:06:07.000Z",
                }
            }
        ],
    ),
    "data/profile.js": script(
        "profile",
        [{"profile": {"description": {"bio": "flies a lot", "website": "https://ann.example", "location": "Leeds"}}}],
    ),
}
X = {
    **X_ACCOUNT,
    "data/tweets.js": script(
        "tweets",
        [
            tweet(
                1900000000000000001,
                "@skylarkair bags &amp; seats",
                in_reply_to_status_id_str="1899999999999999999",
                extended_entities={"media": [{"type": "photo", "media_url_https": "https://pics.example/1.jpg"}]},
            ),
            tweet(1900000000000000002, "RT @skylarkair: New route to Leeds"),
            tweet(1900000000000000003, "a long story about a seat that …"),
        ],
    ),
    "data/tweets-part1.js": script("tweets", [tweet(1900000000000000004)], part=1),
    "data/note-tweet.js": script(
        "note_tweet",
        [
            {
                "noteTweet": {
                    "noteTweetId": "5",
                    "createdAt": "2023-03-01T09:30:00.000Z",
                    "core": {"text": "a long story about a seat that would not recline, with all its details"},
                }
            }
        ],
    ),
    "data/deleted-tweet-headers.js": script(
        "deleted_tweet_headers",
        [
            {
                "tweet": {
                    "tweet_id": "1900000000000000009",
                    "user_id": "70000000000000000001",
                    "created_at": "Wed Mar 01 09:30:00 +0000 2023",
                    "deleted_at": "Thu Mar 02 10:00:00 +0000 2023",
                }
            }
        ],
    ),
    "data/direct-messages.js": script(
        "direct_messages",
        [
            {
                "dmConversation": {
                    "conversationId": "9-70000000000000000001",
                    "messages": [
                        {
                            "messageCreate": {
                                "id": "31",
                                "senderId": "70000000000000000001",
                                "recipientId": "9",
                                "text": "where is my bag",
                                "createdAt": "2023-03-01T09:31:00.000Z",
                                "mediaUrls": [],
                            }
                        },
                        {
                            "messageCreate": {
                                "id": "32",
                                "senderId": "9",
                                "recipientId": "70000000000000000001",
                                "text": "we look &gt; we find",
                                "createdAt": "2023-03-01T09:32:00.000Z",
                                "mediaUrls": [],
                            }
                        },
                        {"joinConversation": {"initiatingUserId": "9"}},
                    ],
                }
            }
        ],
    ),
    "data/like.js": script("like", [{"like": {"tweetId": "1", "fullText": "not ours"}}]),
}

FACEBOOK = {
    "personal_information/profile_information/profile_information.json": mangled(
        {
            "profile_v2": {
                "name": {"full_name": "Søren Åse"},
                "username": "soren.aase",
                "registration_timestamp": 1200000000,
                "emails": {"emails": ["soren@mail.example"]},
                "websites": [{"address": "https://soren.example"}],
            }
        }
    ),
    "your_facebook_activity/posts/your_posts__check_ins__photos_and_videos_1.json": mangled(
        [
            {
                "timestamp": 1677663000,
                "data": [{"post": "Forsinket igen på Skylark Air 😡"}, {"update_timestamp": 1677663100}],
                "attachments": [{"data": [{"media": {"uri": "posts/media/1.jpg", "description": "kø"}}]}],
                "title": "Søren Åse updated his status.",
            },
            {"timestamp": 1677663600, "attachments": [], "data": [], "title": "Søren Åse added a photo."},
        ]
    ),
    "your_facebook_activity/posts/other_people's_posts_to_your_timeline.json": mangled(
        {
            "wall_posts_sent_to_you": {
                "activity_log_data": [{"timestamp": 1677664000, "data": [{"post": "Til lykke!"}], "title": "A wrote."}]
            }
        }
    ),
    "your_facebook_activity/comments_and_reactions/comments.json": mangled(
        {
            "comments_v2": [
                {
                    "timestamp": 1677665000,
                    "data": [
                        {"comment": {"timestamp": 1677665000, "comment": "Også mig – æøå", "author": "Søren Åse"}}
                    ],
                    "title": "Søren Åse commented.",
                },
                {"timestamp": 1677665001, "title": "Søren Åse commented."},
            ]
        }
    ),
    "your_facebook_activity/comments_and_reactions/likes_and_reactions_1.json": mangled(
        [{"timestamp": 1, "data": [{"reaction": {"reaction": "LIKE", "actor": "Søren Åse"}}], "title": "x"}]
    ),
    "your_facebook_activity/groups/group_posts_and_comments.json": mangled(
        {"group_posts_v2": [{"timestamp": 1677666000, "data": [{"post": "Hvem flyver med?"}], "title": "x"}]}
    ),
    "your_facebook_activity/messages/inbox/skylarkair_AbC1/message_1.json": mangled(
        {
            "participants": [{"name": "Skylark Air"}, {"name": "Søren Åse"}],
            "messages": [
                {"sender_name": "Skylark Air", "timestamp_ms": 1677667000123, "content": "Vi kigger på det"},
                {"sender_name": "Søren Åse", "timestamp_ms": 1677666000123, "content": "Hvor er min kuffert?"},
                {"sender_name": "Søren Åse", "timestamp_ms": 1677666000124, "photos": [{"uri": "p.jpg"}]},
            ],
            "title": "Skylark Air",
        }
    ),
}

INSTAGRAM = {
    "personal_information/personal_information/personal_information.json": mangled(
        {"profile_user": [{"string_map_data": {"Username": {"value": "ann.lee"}, "Name": {"value": "Ann Lée"}}}]}
    ),
    "your_instagram_activity/content/posts_1.json": mangled(
        [
            {"media": [{"uri": "media/1.jpg", "creation_timestamp": 1677663000, "title": "Window seat ✈️"}]},
            {
                "media": [
                    {"uri": "media/2.jpg", "creation_timestamp": 1677663100, "title": ""},
                    {"uri": "media/3.mp4", "creation_timestamp": 1677663200, "title": ""},
                ],
                "title": "Two views",
                "creation_timestamp": 1677663300,
            },
            {"media": [{"uri": "media/4.jpg", "creation_timestamp": 1677663400, "title": ""}]},
        ]
    ),
    "your_instagram_activity/content/reels.json": mangled(
        {"ig_reels_media": [{"media": [{"uri": "r.mp4", "creation_timestamp": 1677663500, "title": "Take-off"}]}]}
    ),
    "your_instagram_activity/comments/post_comments_1.json": mangled(
        [
            {
                "media_list_data": [{"uri": ""}],
                "string_map_data": {
                    "Kommentar": {"value": "@skylarkair café closed"},
                    "Medieninhaber": {"value": "skylarkair"},
                    "Uhrzeit": {"timestamp": 1677664000},
                },
            }
        ]
    ),
    "your_instagram_activity/comments/reels_comments.json": mangled(
        {
            "comments_reels_comments": [
                {
                    "string_map_data": {
                        "Comment": {"value": "again?"},
                        "Media Owner": {"value": "skylarkair"},
                        "Time": {"timestamp": 1677664001},
                    }
                }
            ]
        }
    ),
    "comments.json": mangled({"media_comments": [["2019-05-03T18:02:21", "nice wing", "skylarkair"]]}),
    "media.json": mangled(
        {"photos": [{"caption": "Old photo", "taken_at": "2019-05-03T18:02:22", "path": "photos/1.jpg"}], "videos": []}
    ),
}

GOOGLE_PLUS = {
    "Takeout/Google+ Stream/Posts/20181103 - Late again.json": json.dumps(
        {
            "url": "https://plus.google.com/100/posts/abc",
            "creationTime": "2018-11-03 10:01:02+0000",
            "updateTime": "2018-11-03 10:05:02+0000",
            "author": {"displayName": "Ann Lee", "resourceName": "users/100"},
            "content": "Late <b>again</b>, +Skylark Air<br>and tired",
            "activityId": "z100",
            "comments": [
                {
                    "creationTime": "2018-11-03 11:01:02+0100",
                    "author": {"displayName": "Ben", "resourceName": "users/200"},
                    "content": "same here",
                    "commentActivityId": "z100#1",
                }
            ],
            "plusOnes": [{"plusOner": {"displayName": "Ben"}}],
            "postAcl": {"visibleToStandardAcl": {"circles": [{"type": "CIRCLE_TYPE_PUBLIC"}]}},
        }
    ),
    "Takeout/Google+ Stream/Posts/20181104 - Private.json": json.dumps(
        {
            "creationTime": "2018-11-04 10:01:02+0000",
            "author": {"displayName": "Ann Lee", "resourceName": "users/100"},
            "content": "for friends",
            "activityId": "z101",
            "postAcl": {"visibleToStandardAcl": {"circles": [{"type": "CIRCLE_TYPE_YOUR_CIRCLES"}]}},
        }
    ),
    "api/activities.json": json.dumps(
        {
            "kind": "plus#activityFeed",
            "items": [
                {
                    "kind": "plus#activity",
                    "id": "z102",
                    "published": "2013-10-22T09:01:50.606Z",
                    "actor": {"id": "100", "displayName": "Ann Lee"},
                    "verb": "post",
                    "object": {"content": "nice crew", "plusoners": {"totalItems": 2}},
                }
            ],
        }
    ),
}

VINE = {
    "timeline.json": json.dumps(
        {
            "code": "",
            "success": True,
            "data": {
                "records": [
                    {
                        "postId": 1142232744672612352,
                        "userId": 1060244475869843456,
                        "username": "Ann",
                        "created": "2014-11-06T19:55:21.000000",
                        "description": "wing #skylarkair",
                        "permalinkUrl": "https://vine.co/v/abc",
                        "likes": {"count": 3},
                        "loops": {"count": 27189.0},
                        "comments": {
                            "count": 1,
                            "records": [
                                {
                                    "commentId": 7,
                                    "userId": 8,
                                    "username": "Ben",
                                    "comment": "wow",
                                    "created": "2014-11-07T19:55:21.000000",
                                }
                            ],
                        },
                    },
                    {"postId": 5, "created": "yesterday", "description": "when"},
                    {"likeId": 6, "postId": 5, "userId": 8, "username": "Ben", "created": "2014-11-07T19:55:21.000000"},
                    {
                        "commentId": 9,
                        "postId": 5,
                        "userId": 8,
                        "username": "Ben",
                        "comment": "so it is",
                        "created": "2014-11-07T19:55:22.000000",
                    },
                ]
            },
        }
    ),
    "posts/abc.json": json.dumps(
        {
            "postIdStr": "1142232744672612353",
            "userIdStr": "8",
            "username": "Ben",
            "created": "2014-11-08T19:55:21.000000",
            "description": "tail",
            "likes": 1,
            "loops": 2,
        }
    ),
}

SNAPCHAT = {
    "json/account.json": json.dumps({"Basic Information": {"Username": "ann_l", "Name": "Ann"}}),
    "json/chat_history.json": json.dumps(
        {
            "skylarkair": [
                {
                    "From": "ann_l",
                    "Media Type": "TEXT",
                    "Created": "2023-03-01 09:30:00 UTC",
                    "Content": "where&#39;s my bag",
                    "IsSender": True,
                    "Created(microseconds)": 1677663000123,
                },
                {
                    "From": "skylarkair",
                    "Media Type": "MEDIA",
                    "Created": "2023-03-01 09:31:00 UTC",
                    "Content": None,
                    "IsSender": False,
                },
            ],
            "Received Saved Chat History": [
                {"From": "skylarkair", "Media Type": "TEXT", "Created": "2021-03-01 09:30:00 UTC", "Text": "hello"}
            ],
        }
    ),
}

REDDIT = {
    "statistics.csv": "statistic,value\naccount name,ann_lee\n",
    "comments.csv": (
        "id,permalink,date,ip,subreddit,gildings,link,parent,body,media\n"
        "c1,https://www.reddit.com/r/fly/comments/p1/late/c1/,2023-03-01 09:30:00 UTC,,fly,0,"
        'https://www.reddit.com/r/fly/comments/p1/late/,,"late, ""again""\nreally",\n'
        "c2,https://www.reddit.com/r/fly/comments/p1/late/c2/,2023-03-01 09:31:00 UTC,,fly,0,"
        "https://www.reddit.com/r/fly/comments/p1/late/,c1,same,\n"
        "c3,https://www.reddit.com/r/fly/comments/p1/late/c3/,2023-03-01 09:32:00 UTC,,fly,0,"
        "https://www.reddit.com/r/fly/comments/p1/late/,c1,[removed],\n"
        "c4,not a time,,,\n"
    ),
    "posts.csv": (
        "id,permalink,date,ip,subreddit,gildings,title,url,body\n"
        "p1,https://www.reddit.com/r/fly/comments/p1/late/,2023-03-01 09:29:00 UTC,,fly,0,Late,,Three hours\n"
    ),
    "messages.csv": (
        "id,permalink,thread_id,date,ip,from,to,subject,body\n"
        "m1,,t1,2023-03-01 09:33:00 UTC,,skylarkair,ann_lee,Your bag,Found\n"
    ),
}

YOUTUBE = {
    "Takeout/YouTube and YouTube Music/channels/channel.csv": (
        "Channel ID,Channel Country,Channel Title (Original)\nUC100,GB,Ann Lee\n"
    ),
    "Takeout/YouTube and YouTube Music/comments/comments.csv": (
        "Comment ID,Channel ID,Comment Create Timestamp,Price,Parent Comment ID,Video ID,Comment Text\n"
        'Ug1,UC100,2023-03-01T09:30:00.434647+00:00,0,,vid1,"{""takeoutSegments"":[{""text"":""late ""},'
        '{""text"":""again""}]}"\n'
        'Ug1.a,UC100,2023-03-01T09:31:00Z,0,Ug1,vid1,"{""text"":""really""},{""text"":""\\n""},{""text"":""late""}"\n'
        "Ug2,UC100,2023-03-01T09:32:00Z,0,,vid1,plain words\n\n"
    ),
    "Takeout/YouTube and YouTube Music/live chats/live chats.csv": (
        "Live Chat ID,Channel ID,Live Chat Create Timestamp,Price,Video ID,Live Chat Text\n"
        'Lc1,UC100,2023-03-02T09:30:00Z,0,vid2,"{""text"":""hello pilots""}"\n'
    ),
}
